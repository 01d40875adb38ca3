npx -p cdktf-ecr-pull-through-cache ecr-pull-through-cache uri nginx:1.27 --region eu-west-1
