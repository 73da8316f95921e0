"""The domain's tests run on whatever machine is at hand, so Hypothesis judges results, not milliseconds."""

from hypothesis import settings

settings.register_profile("achterban", deadline=None)
settings.load_profile("achterban")
