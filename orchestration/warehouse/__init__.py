"""The PostgreSQL warehouse: an embedded server, connections, roles and the run lock.

Belongs here: everything that starts, reaches or protects the database. `layout` says where the embedded server lives,
`postmaster` runs its processes, `supervisor` owns them, `server` is what callers use; `connection` reaches any server,
`roles` says who may touch what.
Does not belong here: Dagster, tables of the model, and SQL that computes.
"""
