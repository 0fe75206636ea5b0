"""The graph, its commands and its warehouse.

Belongs here: what has to be set before numpy is imported. Does not belong here: anything else.
"""

import os

# Matrices here are small. Threads of BLAS wait for each other by turning in circles, for more than they compute, and
# their number, which is that of the processors, decides how a sum is rounded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
