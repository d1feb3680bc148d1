"""Moving an app from HALO: `python -m infra.import`, or `make import`.

`import` is a word of Python's own, so what is in here names its neighbours relatively.
"""
