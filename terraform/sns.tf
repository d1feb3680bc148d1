# Amazon SNS, for phones without Play services. The credentials of its user at Amazon are the operator's to add: both
# secrets need a version before deliver and work can start (README, Deploy).

locals {
  aws_secrets = var.sns == null ? {} : {
    AWS_ACCESS_KEY_ID     = { id = "halo-aws-access-key-id", version = var.secret_versions.aws }
    AWS_SECRET_ACCESS_KEY = { id = "halo-aws-secret-access-key", version = var.secret_versions.aws }
  }
}
