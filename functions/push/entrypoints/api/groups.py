"""The groups of operations on the documentation page."""

# The groups of the page, in the order in which people need them.
GROUPS = [
    {"name": "Schedules", "description": "Notifications: sent now or at a time, edited, cancelled, resumed, found."},
    {"name": "Results", "description": "What became of them: outcomes, failures, receipts and opens, days."},
    {"name": "Templates", "description": "Kinds of notification, for senders to fill in."},
    {"name": "Devices", "description": "Phones, tablets and browsers, which HALO calls app users."},
    {"name": "Identified users", "description": "People who log in to an app, and whose devices are theirs."},
    {"name": "Tags", "description": "What devices carry, and notifications are narrowed by."},
    {"name": "Activity", "description": "What phones report: arrived, opened, dismissed."},
    {"name": "Tokens", "description": "Logging in, as an app or as an account."},
    {"name": "Apps", "description": "Whose devices, which Firebase project, and which limits."},
    {"name": "Accounts", "description": "People and servers who log in to this API."},
    {"name": "Roles", "description": "HALO's three, and sets of rights of one's own."},
    {"name": "Audit", "description": "Who changed what, and when."},
    {"name": "Jobs", "description": "What takes longer than a request may, and how far it is."},
    {"name": "Status", "description": "How everything is, for who operates it."},
    {"name": "Versions", "description": "What HALO's apps ask when they start."},
    {"name": "Health", "description": "Whether all is well."},
]
