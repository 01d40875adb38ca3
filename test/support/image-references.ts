import { RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

/** An image that people run, and its place in the cache of `UPSTREAMS`. */
export interface ImageInCache {
  /** Its name, as users write it. */
  readonly image: string;
  /** Its name in the cache, without the host of the registry. */
  readonly place: string;
}

/** The account and the region of the cache. */
export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";

const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/${name}-AbCdEf`;
const credential = (name: string): RegistryCredential => RegistryCredential.fromSecretArn(secretArn(name));

/** The upstreams of the images: every kind, a whole private registry, two parts of one, and one under ROOT. */
export const UPSTREAMS: readonly Upstream[] = [
  Upstream.ecrPublic(),
  Upstream.kubernetes(),
  Upstream.quay(),
  Upstream.dockerHub(credential("docker-hub")),
  Upstream.github(credential("github")),
  Upstream.gitlab(credential("gitlab")),
  Upstream.azure("contoso", credential("azure")),
  Upstream.chainguard(credential("chainguard")),
  Upstream.privateEcr({ accountId: "763104351884", region: "us-east-1", prefix: "deep-learning" }),
  Upstream.privateEcr({
    accountId: "602401143452",
    region: "us-west-2",
    prefix: "eks-addons",
    upstreamRepositoryPrefix: "eks",
  }),
  Upstream.privateEcr({
    accountId: "602401143452",
    region: "us-west-2",
    prefix: "amazon",
    upstreamRepositoryPrefix: "amazon",
  }),
  Upstream.privateEcr({ region: "eu-west-1", prefix: "ROOT" }),
];

/** The same upstreams as the input of the module pull-through-cache. */
export const MODULE_UPSTREAMS: { readonly [key: string]: { readonly [attribute: string]: string } } = {
  "ecr-public": {},
  kubernetes: {},
  quay: {},
  "docker-hub": { credential_secret_arn: secretArn("docker-hub") },
  github: { credential_secret_arn: secretArn("github") },
  gitlab: { credential_secret_arn: secretArn("gitlab") },
  azure: { registry_name: "contoso", credential_secret_arn: secretArn("azure") },
  chainguard: { credential_secret_arn: secretArn("chainguard") },
  "deep-learning": {
    kind: "private-ecr",
    prefix: "deep-learning",
    account_id: "763104351884",
    region: "us-east-1",
  },
  "eks-addons": {
    kind: "private-ecr",
    prefix: "eks-addons",
    account_id: "602401143452",
    region: "us-west-2",
    upstream_repository_prefix: "eks",
  },
  amazon: {
    kind: "private-ecr",
    prefix: "amazon",
    account_id: "602401143452",
    region: "us-west-2",
    upstream_repository_prefix: "amazon",
  },
  europe: { kind: "private-ecr", prefix: "ROOT", region: "eu-west-1" },
};

const PLACES: readonly (readonly [image: string, place: string])[] = [
  // Docker Hub's official images.
  ["nginx", "docker-hub/library/nginx"],
  ["nginx:1.27", "docker-hub/library/nginx:1.27"],
  ["nginx:1.27-alpine-slim", "docker-hub/library/nginx:1.27-alpine-slim"],
  ["redis:7.4-alpine", "docker-hub/library/redis:7.4-alpine"],
  ["postgres:16.4", "docker-hub/library/postgres:16.4"],
  ["mysql:8.4", "docker-hub/library/mysql:8.4"],
  ["mariadb:11.4", "docker-hub/library/mariadb:11.4"],
  ["mongo:7.0", "docker-hub/library/mongo:7.0"],
  ["busybox", "docker-hub/library/busybox"],
  [
    "busybox:1.36@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa",
    "docker-hub/library/busybox:1.36@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa",
  ],
  [
    "redis@sha256:dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c",
    "docker-hub/library/redis@sha256:dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c",
  ],
  ["alpine:3.20", "docker-hub/library/alpine:3.20"],
  ["debian:bookworm-slim", "docker-hub/library/debian:bookworm-slim"],
  ["ubuntu:24.04", "docker-hub/library/ubuntu:24.04"],
  ["node:20-bookworm-slim", "docker-hub/library/node:20-bookworm-slim"],
  ["python:3.12-slim", "docker-hub/library/python:3.12-slim"],
  ["golang:1.23-alpine", "docker-hub/library/golang:1.23-alpine"],
  ["rust:1.80", "docker-hub/library/rust:1.80"],
  ["ruby:3.3", "docker-hub/library/ruby:3.3"],
  ["httpd:2.4", "docker-hub/library/httpd:2.4"],
  ["rabbitmq:3.13-management", "docker-hub/library/rabbitmq:3.13-management"],
  ["memcached:1.6", "docker-hub/library/memcached:1.6"],
  ["traefik:v3.1", "docker-hub/library/traefik:v3.1"],
  ["haproxy:3.0", "docker-hub/library/haproxy:3.0"],
  ["elasticsearch:8.15.0", "docker-hub/library/elasticsearch:8.15.0"],
  ["eclipse-temurin:21-jre", "docker-hub/library/eclipse-temurin:21-jre"],
  ["maven:3.9-eclipse-temurin-21", "docker-hub/library/maven:3.9-eclipse-temurin-21"],
  ["docker:27-dind", "docker-hub/library/docker:27-dind"],
  ["registry:2", "docker-hub/library/registry:2"],
  ["hello-world", "docker-hub/library/hello-world"],
  ["wordpress:6.6-php8.3-apache", "docker-hub/library/wordpress:6.6-php8.3-apache"],
  ["telegraf:1.31", "docker-hub/library/telegraf:1.31"],
  ["library/nginx:1.27", "docker-hub/library/nginx:1.27"],
  ["library/busybox", "docker-hub/library/busybox"],
  ["docker.io/nginx", "docker-hub/library/nginx"],
  ["docker.io/python:3.12", "docker-hub/library/python:3.12"],
  ["docker.io/library/nginx:1.27", "docker-hub/library/nginx:1.27"],
  ["docker.io/library/memcached:1.6", "docker-hub/library/memcached:1.6"],
  ["index.docker.io/debian:12", "docker-hub/library/debian:12"],
  ["index.docker.io/library/alpine:3.20", "docker-hub/library/alpine:3.20"],
  ["registry-1.docker.io/library/redis:7", "docker-hub/library/redis:7"],
  ["registry-1.docker.io:443/library/postgres:16", "docker-hub/library/postgres:16"],
  ["registry.hub.docker.com/library/ubuntu:22.04", "docker-hub/library/ubuntu:22.04"],
  ["Docker.io/library/golang:1.23", "docker-hub/library/golang:1.23"],
  ["docker.io:443/library/node:22", "docker-hub/library/node:22"],
  // Docker Hub's other images.
  ["grafana/grafana:11.1.0", "docker-hub/grafana/grafana:11.1.0"],
  ["grafana/loki:3.1.0", "docker-hub/grafana/loki:3.1.0"],
  ["grafana/tempo:2.5.0", "docker-hub/grafana/tempo:2.5.0"],
  ["bitnami/postgresql:16.4.0-debian-12-r0", "docker-hub/bitnami/postgresql:16.4.0-debian-12-r0"],
  ["bitnami/redis:7.4.0-debian-12-r0", "docker-hub/bitnami/redis:7.4.0-debian-12-r0"],
  ["bitnami/kubectl:1.30", "docker-hub/bitnami/kubectl:1.30"],
  ["rancher/k3s:v1.30.3-k3s1", "docker-hub/rancher/k3s:v1.30.3-k3s1"],
  ["rancher/rancher:v2.9.0", "docker-hub/rancher/rancher:v2.9.0"],
  ["istio/pilot:1.22.3", "docker-hub/istio/pilot:1.22.3"],
  ["istio/proxyv2:1.22.3-distroless", "docker-hub/istio/proxyv2:1.22.3-distroless"],
  ["prom/prometheus:v2.53.1", "docker-hub/prom/prometheus:v2.53.1"],
  ["prom/node-exporter:v1.8.2", "docker-hub/prom/node-exporter:v1.8.2"],
  [
    "kindest/node:v1.27.3@sha256:3966ac761ae0136263ffdb6cfd4db23ef8a83cba8a463690e98317add2c9ba72",
    "docker-hub/kindest/node:v1.27.3@sha256:3966ac761ae0136263ffdb6cfd4db23ef8a83cba8a463690e98317add2c9ba72",
  ],
  ["hashicorp/vault:1.17.2", "docker-hub/hashicorp/vault:1.17.2"],
  ["hashicorp/terraform:1.9", "docker-hub/hashicorp/terraform:1.9"],
  ["jenkins/jenkins:lts-jdk17", "docker-hub/jenkins/jenkins:lts-jdk17"],
  ["minio/minio:RELEASE.2024-08-03T04-33-23Z", "docker-hub/minio/minio:RELEASE.2024-08-03T04-33-23Z"],
  ["calico/node:v3.28.1", "docker-hub/calico/node:v3.28.1"],
  ["velero/velero:v1.14.0", "docker-hub/velero/velero:v1.14.0"],
  ["openpolicyagent/gatekeeper:v3.16.3", "docker-hub/openpolicyagent/gatekeeper:v3.16.3"],
  ["aquasec/trivy:0.54.1", "docker-hub/aquasec/trivy:0.54.1"],
  ["falcosecurity/falco:0.38.1", "docker-hub/falcosecurity/falco:0.38.1"],
  ["fluent/fluent-bit:3.1.4", "docker-hub/fluent/fluent-bit:3.1.4"],
  ["otel/opentelemetry-collector-contrib:0.106.1", "docker-hub/otel/opentelemetry-collector-contrib:0.106.1"],
  ["jaegertracing/all-in-one:1.59", "docker-hub/jaegertracing/all-in-one:1.59"],
  ["confluentinc/cp-kafka:7.7.0", "docker-hub/confluentinc/cp-kafka:7.7.0"],
  ["apache/airflow:2.9.3", "docker-hub/apache/airflow:2.9.3"],
  ["tensorflow/tensorflow:2.17.0-gpu", "docker-hub/tensorflow/tensorflow:2.17.0-gpu"],
  ["nvidia/cuda:12.5.1-base-ubuntu22.04", "docker-hub/nvidia/cuda:12.5.1-base-ubuntu22.04"],
  ["localstack/localstack", "docker-hub/localstack/localstack"],
  ["curlimages/curl:8.9.1", "docker-hub/curlimages/curl:8.9.1"],
  ["envoyproxy/envoy:v1.31.0", "docker-hub/envoyproxy/envoy:v1.31.0"],
  ["amazon/aws-cli:2.17.22", "docker-hub/amazon/aws-cli:2.17.22"],
  ["moby/buildkit:buildx-stable-1", "docker-hub/moby/buildkit:buildx-stable-1"],
  ["docker.io/istio/install-cni:1.22.3", "docker-hub/istio/install-cni:1.22.3"],
  ["docker.io/flannel/flannel:v0.25.5", "docker-hub/flannel/flannel:v0.25.5"],
  ["docker.io/bitnami/minio:2024.8.3-debian-12-r1", "docker-hub/bitnami/minio:2024.8.3-debian-12-r1"],
  ["index.docker.io/datadog/agent:7.55.2", "docker-hub/datadog/agent:7.55.2"],
  ["registry-1.docker.io/bitnamicharts/nginx:18.1.7", "docker-hub/bitnamicharts/nginx:18.1.7"],
  ["registry.hub.docker.com/portainer/portainer-ce:2.20.3", "docker-hub/portainer/portainer-ce:2.20.3"],
  // Amazon ECR Public.
  ["public.ecr.aws/docker/library/alpine:3.20", "ecr-public/docker/library/alpine:3.20"],
  ["public.ecr.aws/nginx/nginx:1.27", "ecr-public/nginx/nginx:1.27"],
  ["public.ecr.aws/amazonlinux/amazonlinux:2023", "ecr-public/amazonlinux/amazonlinux:2023"],
  ["public.ecr.aws/lambda/python:3.12", "ecr-public/lambda/python:3.12"],
  ["public.ecr.aws/eks/aws-load-balancer-controller:v2.8.2", "ecr-public/eks/aws-load-balancer-controller:v2.8.2"],
  ["public.ecr.aws/eks-distro/kubernetes/pause:3.9", "ecr-public/eks-distro/kubernetes/pause:3.9"],
  [
    "public.ecr.aws/eks-distro/kubernetes-csi/external-provisioner:v5.0.1-eks-1-30-8",
    "ecr-public/eks-distro/kubernetes-csi/external-provisioner:v5.0.1-eks-1-30-8",
  ],
  ["public.ecr.aws/karpenter/controller:0.37.0", "ecr-public/karpenter/controller:0.37.0"],
  ["public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.33.0", "ecr-public/ebs-csi-driver/aws-ebs-csi-driver:v1.33.0"],
  [
    "public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver:v2.0.6",
    "ecr-public/efs-csi-driver/amazon/aws-efs-csi-driver:v2.0.6",
  ],
  [
    "public.ecr.aws/aws-ec2/aws-node-termination-handler:v1.22.0",
    "ecr-public/aws-ec2/aws-node-termination-handler:v1.22.0",
  ],
  [
    "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.2",
    "ecr-public/aws-observability/aws-for-fluent-bit:2.32.2",
  ],
  ["public.ecr.aws/aws-observability/aws-otel-collector", "ecr-public/aws-observability/aws-otel-collector"],
  ["public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest", "ecr-public/cloudwatch-agent/cloudwatch-agent:latest"],
  ["public.ecr.aws/xray/aws-xray-daemon", "ecr-public/xray/aws-xray-daemon"],
  ["public.ecr.aws/aws-cli/aws-cli:2.17.22", "ecr-public/aws-cli/aws-cli:2.17.22"],
  ["public.ecr.aws/sam/build-python3.12", "ecr-public/sam/build-python3.12"],
  ["public.ecr.aws/datadog/agent:7", "ecr-public/datadog/agent:7"],
  ["Public.ECR.aws/bitnami/nginx:1.27", "ecr-public/bitnami/nginx:1.27"],
  // The Kubernetes registry.
  ["registry.k8s.io/pause:3.9", "kubernetes/pause:3.9"],
  ["registry.k8s.io/kube-apiserver:v1.30.3", "kubernetes/kube-apiserver:v1.30.3"],
  ["registry.k8s.io/kube-proxy:v1.30.3", "kubernetes/kube-proxy:v1.30.3"],
  ["registry.k8s.io/etcd:3.5.15-0", "kubernetes/etcd:3.5.15-0"],
  ["registry.k8s.io/coredns/coredns:v1.11.1", "kubernetes/coredns/coredns:v1.11.1"],
  [
    "registry.k8s.io/ingress-nginx/controller:v1.8.1@sha256:e5c4824e7375fcf2a393e1c03c293b69759af37a9ca6abdb91b13d78a93da8bd",
    "kubernetes/ingress-nginx/controller:v1.8.1@sha256:e5c4824e7375fcf2a393e1c03c293b69759af37a9ca6abdb91b13d78a93da8bd",
  ],
  [
    "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v20230407@sha256:543c40fd093964bc9ab509d3e791f9989963021f1e9e4c9c7b6700b02bfb227b",
    "kubernetes/ingress-nginx/kube-webhook-certgen:v20230407@sha256:543c40fd093964bc9ab509d3e791f9989963021f1e9e4c9c7b6700b02bfb227b",
  ],
  ["registry.k8s.io/metrics-server/metrics-server:v0.7.1", "kubernetes/metrics-server/metrics-server:v0.7.1"],
  [
    "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.13.0",
    "kubernetes/kube-state-metrics/kube-state-metrics:v2.13.0",
  ],
  ["registry.k8s.io/sig-storage/csi-provisioner:v5.0.1", "kubernetes/sig-storage/csi-provisioner:v5.0.1"],
  [
    "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.11.1",
    "kubernetes/sig-storage/csi-node-driver-registrar:v2.11.1",
  ],
  ["registry.k8s.io/sig-storage/livenessprobe:v2.13.1", "kubernetes/sig-storage/livenessprobe:v2.13.1"],
  ["registry.k8s.io/autoscaling/cluster-autoscaler:v1.30.2", "kubernetes/autoscaling/cluster-autoscaler:v1.30.2"],
  ["registry.k8s.io/dns/k8s-dns-node-cache:1.23.1", "kubernetes/dns/k8s-dns-node-cache:1.23.1"],
  ["registry.k8s.io/external-dns/external-dns:v0.14.2", "kubernetes/external-dns/external-dns:v0.14.2"],
  ["registry.k8s.io/descheduler/descheduler:v0.30.1", "kubernetes/descheduler/descheduler:v0.30.1"],
  ["registry.k8s.io/e2e-test-images/agnhost:2.52", "kubernetes/e2e-test-images/agnhost:2.52"],
  [
    "registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0",
    "kubernetes/prometheus-adapter/prometheus-adapter:v0.12.0",
  ],
  [
    "registry.k8s.io/cpa/cluster-proportional-autoscaler:v1.9.0",
    "kubernetes/cpa/cluster-proportional-autoscaler:v1.9.0",
  ],
  [
    "registry.k8s.io:443/node-problem-detector/node-problem-detector:v0.8.19",
    "kubernetes/node-problem-detector/node-problem-detector:v0.8.19",
  ],
  ["k8s.gcr.io/pause:3.1", "kubernetes/pause:3.1"],
  ["k8s.gcr.io/addon-resizer:1.8.4", "kubernetes/addon-resizer:1.8.4"],
  ["k8s.gcr.io/ingress-nginx/controller:v1.1.1", "kubernetes/ingress-nginx/controller:v1.1.1"],
  ["K8S.gcr.io/sig-storage/snapshot-controller:v4.2.1", "kubernetes/sig-storage/snapshot-controller:v4.2.1"],
  // Quay.
  ["quay.io/prometheus/prometheus:v2.53.1", "quay/prometheus/prometheus:v2.53.1"],
  ["quay.io/prometheus/alertmanager:v0.27.0", "quay/prometheus/alertmanager:v0.27.0"],
  ["quay.io/prometheus/node-exporter", "quay/prometheus/node-exporter"],
  ["quay.io/prometheus-operator/prometheus-operator:v0.75.2", "quay/prometheus-operator/prometheus-operator:v0.75.2"],
  [
    "quay.io/prometheus-operator/prometheus-config-reloader:v0.75.2",
    "quay/prometheus-operator/prometheus-config-reloader:v0.75.2",
  ],
  ["quay.io/thanos/thanos:v0.36.0", "quay/thanos/thanos:v0.36.0"],
  ["quay.io/kiwigrid/k8s-sidecar:1.27.4", "quay/kiwigrid/k8s-sidecar:1.27.4"],
  ["quay.io/brancz/kube-rbac-proxy:v0.18.0", "quay/brancz/kube-rbac-proxy:v0.18.0"],
  ["quay.io/jetstack/cert-manager-controller:v1.15.2", "quay/jetstack/cert-manager-controller:v1.15.2"],
  ["quay.io/jetstack/cert-manager-webhook:v1.15.2", "quay/jetstack/cert-manager-webhook:v1.15.2"],
  ["quay.io/jetstack/cert-manager-cainjector:v1.15.2", "quay/jetstack/cert-manager-cainjector:v1.15.2"],
  ["quay.io/argoproj/argocd:v2.12.0", "quay/argoproj/argocd:v2.12.0"],
  ["quay.io/argoproj/argo-rollouts:v1.7.1", "quay/argoproj/argo-rollouts:v1.7.1"],
  ["quay.io/argoproj/workflow-controller:v3.5.8", "quay/argoproj/workflow-controller:v3.5.8"],
  ["quay.io/cilium/cilium:v1.16.0", "quay/cilium/cilium:v1.16.0"],
  ["quay.io/cilium/operator-generic:v1.16.0", "quay/cilium/operator-generic:v1.16.0"],
  ["quay.io/coreos/etcd:v3.5.15", "quay/coreos/etcd:v3.5.15"],
  ["quay.io/keycloak/keycloak:25.0.2", "quay/keycloak/keycloak:25.0.2"],
  ["quay.io/strimzi/operator:0.42.0", "quay/strimzi/operator:0.42.0"],
  ["quay.io/metallb/speaker:v0.14.8", "quay/metallb/speaker:v0.14.8"],
  ["quay.io/tigera/operator:v1.34.3", "quay/tigera/operator:v1.34.3"],
  ["quay.io/oauth2-proxy/oauth2-proxy:v7.6.0", "quay/oauth2-proxy/oauth2-proxy:v7.6.0"],
  ["quay.io/ceph/ceph:v18.2.4", "quay/ceph/ceph:v18.2.4"],
  ["quay.io/podman/stable", "quay/podman/stable"],
  ["Quay.io/fedora/fedora:40", "quay/fedora/fedora:40"],
  ["QUAY.IO:443/centos/centos:stream9", "quay/centos/centos:stream9"],
  // The GitHub Container Registry.
  ["ghcr.io/kyverno/kyverno:v1.12.5", "github/kyverno/kyverno:v1.12.5"],
  ["ghcr.io/external-secrets/external-secrets:v0.9.20", "github/external-secrets/external-secrets:v0.9.20"],
  ["ghcr.io/fluxcd/source-controller:v1.3.0", "github/fluxcd/source-controller:v1.3.0"],
  ["ghcr.io/fluxcd/kustomize-controller:v1.3.0", "github/fluxcd/kustomize-controller:v1.3.0"],
  ["ghcr.io/actions/actions-runner:2.318.0", "github/actions/actions-runner:2.318.0"],
  ["ghcr.io/actions/gha-runner-scale-set-controller:0.9.3", "github/actions/gha-runner-scale-set-controller:0.9.3"],
  ["ghcr.io/dexidp/dex:v2.40.0", "github/dexidp/dex:v2.40.0"],
  ["ghcr.io/aquasecurity/trivy-operator:0.22.0", "github/aquasecurity/trivy-operator:0.22.0"],
  ["ghcr.io/cloudnative-pg/cloudnative-pg:1.23.3", "github/cloudnative-pg/cloudnative-pg:1.23.3"],
  ["ghcr.io/cloudnative-pg/postgresql:16.3", "github/cloudnative-pg/postgresql:16.3"],
  ["ghcr.io/kedacore/keda:2.15.0", "github/kedacore/keda:2.15.0"],
  [
    "ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator:0.105.0",
    "github/open-telemetry/opentelemetry-operator/opentelemetry-operator:0.105.0",
  ],
  ["ghcr.io/home-assistant/home-assistant:stable", "github/home-assistant/home-assistant:stable"],
  ["ghcr.io/renovatebot/renovate:38", "github/renovatebot/renovate:38"],
  ["ghcr.io/runatlantis/atlantis:v0.28.5", "github/runatlantis/atlantis:v0.28.5"],
  ["ghcr.io/kube-vip/kube-vip", "github/kube-vip/kube-vip"],
  ["ghcr.io/astral-sh/uv:0.4", "github/astral-sh/uv:0.4"],
  ["GHCR.io/stakater/reloader:v1.0.119", "github/stakater/reloader:v1.0.119"],
  // The GitLab.com Container Registry.
  ["registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v17.2.0", "gitlab/gitlab-org/gitlab-runner:alpine-v17.2.0"],
  [
    "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v17.2.0",
    "gitlab/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v17.2.0",
  ],
  [
    "registry.gitlab.com/gitlab-org/build/cng/gitlab-webservice-ee:v17.2.1",
    "gitlab/gitlab-org/build/cng/gitlab-webservice-ee:v17.2.1",
  ],
  ["registry.gitlab.com/gitlab-org/build/cng/kubectl:v17.2.1", "gitlab/gitlab-org/build/cng/kubectl:v17.2.1"],
  [
    "registry.gitlab.com/gitlab-org/cluster-integration/gitlab-agent/agentk:v17.2.0",
    "gitlab/gitlab-org/cluster-integration/gitlab-agent/agentk:v17.2.0",
  ],
  ["registry.gitlab.com/gitlab-org/cloud-deploy/aws-base:latest", "gitlab/gitlab-org/cloud-deploy/aws-base:latest"],
  ["registry.gitlab.com/gitlab-org/release-cli", "gitlab/gitlab-org/release-cli"],
  ["registry.gitlab.com/security-products/semgrep:5", "gitlab/security-products/semgrep:5"],
  // An Azure Container Registry, with images of Azure's own tutorials.
  ["contoso.azurecr.io/aci-helloworld:v1", "azure/aci-helloworld:v1"],
  ["contoso.azurecr.io/azure-vote-front:v2", "azure/azure-vote-front:v2"],
  ["contoso.azurecr.io/samples/nginx", "azure/samples/nginx"],
  ["contoso.azurecr.io/aks-store-demo/order-service:latest", "azure/aks-store-demo/order-service:latest"],
  ["Contoso.azurecr.io/aks-store-demo/store-front:latest", "azure/aks-store-demo/store-front:latest"],
  // The Chainguard Registry.
  ["cgr.dev/chainguard/static", "chainguard/chainguard/static"],
  ["cgr.dev/chainguard/wolfi-base:latest", "chainguard/chainguard/wolfi-base:latest"],
  ["cgr.dev/chainguard/python:latest-dev", "chainguard/chainguard/python:latest-dev"],
  ["cgr.dev/chainguard/nginx:latest", "chainguard/chainguard/nginx:latest"],
  ["cgr.dev/chainguard/jre", "chainguard/chainguard/jre"],
  // A whole private Amazon ECR registry: AWS's Deep Learning Containers.
  [
    "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker",
    "deep-learning/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker",
  ],
  [
    "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.16.1-cpu",
    "deep-learning/tensorflow-inference:2.16.1-cpu",
  ],
  [
    "763104351884.dkr-ecr.us-east-1.on.aws/huggingface-pytorch-inference",
    "deep-learning/huggingface-pytorch-inference",
  ],
  // Two parts of a private Amazon ECR registry: the add-ons of Amazon EKS.
  [
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/coredns:v1.11.1-eksbuild.9",
    "eks-addons/coredns:v1.11.1-eksbuild.9",
  ],
  ["602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/pause:3.5", "eks-addons/pause:3.5"],
  [
    "602401143452.dkr.ecr-fips.us-west-2.amazonaws.com/eks/kube-proxy:v1.30.0-minimal-eksbuild.3",
    "eks-addons/kube-proxy:v1.30.0-minimal-eksbuild.3",
  ],
  [
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/aws-network-policy-agent:v1.1.2-eksbuild.1",
    "amazon/aws-network-policy-agent:v1.1.2-eksbuild.1",
  ],
  [
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/aws-load-balancer-controller",
    "amazon/aws-load-balancer-controller",
  ],
  // A private Amazon ECR registry under ROOT.
  ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1.0.3", "app:1.0.3"],
  ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/frontend", "team-a/frontend"],
];

/** 200 images of all these upstreams. */
export const IMAGE_REFERENCES: readonly ImageInCache[] = PLACES.map(([image, place]) => ({ image, place }));
