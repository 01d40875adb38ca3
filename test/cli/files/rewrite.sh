npx -p cdktf-ecr-pull-through-cache ecr-pull-through-cache rewrite --check Dockerfile deployment.yaml
npx -p cdktf-ecr-pull-through-cache ecr-pull-through-cache rewrite --json deployment.yaml
npx -p cdktf-ecr-pull-through-cache ecr-pull-through-cache rewrite --write Dockerfile deployment.yaml
