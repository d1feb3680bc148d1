# For which address the tokens of callers are made. Two look at it: Cloud Run, which documents the address at run.app and
# audiences that were set by hand, and the function itself (OIDC_AUDIENCE). That a gen-2 function has its address at
# cloudfunctions.net set for it is what one sees, and nowhere promised; so queues and the job name the one at run.app,
# like Eventarc, whose tokens cannot be told otherwise.
#
# A function's environment cannot refer to its own address. But such an address is either
# https://NAME-NUMBER.REGION.run.app, or https://NAME-HASH-CODE.a.run.app, where all services of a project and region have
# the same HASH and CODE: so that of api, which nobody calls with such a token, tells those of the others. Each function
# takes both, and the one at cloudfunctions.net. Had it got a third one, which the check below tells, its queue would name
# the one at cloudfunctions.net (modules/function, output audience): that the function takes for certain, and Cloud Run as
# far as one sees. Eventarc has no such choice: `audiences` has to be told then.

locals {
  audiences = {
    for name in keys(local.functions) : name => distinct(concat(
      [
        "https://${name}-${local.project_number}.${var.region}.run.app",
        replace(module.api.uri, "https://api-", "https://${name}-"),
      ],
      lookup(var.audiences, name, []),
    )) if name != "api"
  }
  unforeseen = { for name, function in module.function : name => [function.uri] if !contains(local.audiences[name], function.uri) }
}

check "audiences" {
  assert {
    condition     = length(local.unforeseen) == 0
    error_message = "Functions answer where nobody foresaw it, and what people write in the console may be refused. Apply once more with audiences = ${jsonencode(local.unforeseen)}"
  }
}
