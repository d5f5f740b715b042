"""A digest of a study, by which a search knows its own."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np

from parkzero.language.component import Component
from parkzero.language.fields import ByYear, Profile, described
from parkzero.study.study import Study
from parkzero.units import Quantity


def fingerprint(study: Study) -> str:
    """A digest of everything in a study that its optimum depends on."""
    digest = hashlib.sha256()
    for part in (
        study.milestones,
        study.penalties,
        study.timeline.calendar,
        study.timeline.scale,
        sorted(study.buses),
        sorted((t.id, t.first_year, t.until) for t in study.tenants.values()),
    ):
        digest.update(repr(part).encode())
    for component in study.components:
        _update(digest, component)
    return digest.hexdigest()


def _update(digest: hashlib._Hash, component: Component) -> None:
    digest.update(f"{component.kind}:{component.name}".encode())
    for name in described(type(component)):
        value = getattr(component, name)
        digest.update(name.encode())
        if isinstance(value, Profile):
            digest.update(np.ascontiguousarray(value.values).tobytes())
            digest.update(repr((value.factor.years, value.factor.values)).encode())
            for year, values in sorted(value.years.items()):
                digest.update(str(year).encode() + np.ascontiguousarray(values).tobytes())
        elif isinstance(value, ByYear):
            digest.update(repr((value.years, value.values, value.steps)).encode())
        elif isinstance(value, Quantity):
            digest.update(repr(value.value).encode())
        else:
            digest.update(repr(value).encode())
    # What a replay tightened is no field of a study file.
    told = {*described(type(component)), "name"}
    for field in dataclasses.fields(component):
        if field.name not in told:
            digest.update(repr(getattr(component, field.name)).encode())
