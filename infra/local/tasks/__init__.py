"""Cloud Tasks on one machine, for the real `google-cloud-tasks` client.

It promises what the service promises (at least once, no order, durable once answered) and, on request, does what the
service may do on a bad day (deliver twice, lose an answer). Times are integer microseconds since 1970, named `*_us`,
because that is the precision the service keeps.

Not emulated: App Engine tasks, OAuth tokens, RunTask, the batch methods, IAM, `Retry-After`, the slow ramp-up of a
queue that was idle, and the days that a deleted queue's name stays taken.
"""
