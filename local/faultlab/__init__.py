"""Faults on purpose: every AWS call on the send path fails in turn, and then it is counted who got what."""
