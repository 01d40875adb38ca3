# Amazon ECR Public, without a credential.
#
# Guides show an upstream with a path, like public.ecr.aws/elastio, AWS's own for some vendors among them. An upstream is
# a host: the path belongs into the name of the image, <registry>/ecr-public/elastio/<image>.
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
resource "aws_ecr_pull_through_cache_rule" "ecr_public" {
  ecr_repository_prefix = "ecr-public"
  upstream_registry_url = "public.ecr.aws"
}
