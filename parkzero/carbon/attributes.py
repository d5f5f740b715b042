"""Attributes of electricity by device, hour and owner, in whole kilowatt-hours: each serves one claim.

A lot is what a device generated in an hour, or a part of it. It is split, moves between owners, serves one
claim and is retired. Storage cancels the lots that it is charged with and issues new ones for what it gives
back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from parkzero.carbon.rules import CLAIMS, exclusions, quoted, refuse, whole, word
from parkzero.texts import listed, say

State = Literal["held", "split", "retired", "stored"]
MOVABLE: Final = ("", "irec")


@dataclass(slots=True)
class Device:
    """What generates or stores.

    Attributes:
        capacity: [kW].
        efficiency: there and back in per mille; 0 of what does not store.
        charged: taken in [kWh].
        given: given back [kWh].
    """

    capacity: int
    efficiency: int = 0
    charged: int = 0
    given: int = 0


@dataclass(slots=True)
class Lot:
    """Electricity of one device and hour.

    Attributes:
        device, hour: where and when it was generated.
        owner: whose it is.
        kwh: how much [kWh].
        claim: what it serves; empty of none.
        state: held, split into others, retired, or taken into storage.
    """

    device: str
    hour: str
    owner: str
    kwh: int
    claim: str = ""
    state: State = "held"


@dataclass(slots=True)
class Attributes:
    """The register of attributes.

    Attributes:
        devices: by id.
        lots: by id.
        issued: amount by device and hour [kWh].
    """

    devices: dict[str, Device] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    issued: dict[tuple[str, str], int] = field(default_factory=dict)

    def device(self, fields: dict[str, Any], on: date) -> None:
        """A device with its capacity [kW]; a storage with its efficiency there and back [per mille]."""
        name = word(fields, "device")
        if name in self.devices:
            raise refuse("device", say("is registered already"), name)
        efficiency = whole(fields, "efficiency", 0) if "efficiency" in fields else 0
        if efficiency > 1000:
            raise refuse(
                "efficiency", say("is no share in per mille"), efficiency, say("at most {most:g}", most=1000)
            )
        self.devices[name] = Device(whole(fields, "kw"), efficiency)

    def issue(self, fields: dict[str, Any], on: date) -> None:
        """Lots for what a device generated in an hour, once."""
        device, hour, kwh = self._device(fields), hour_of(fields), whole(fields, "kwh")
        if device.efficiency:
            raise refuse(
                "device",
                say("is a storage: it gives back what it took in"),
                fields["device"],
                rule=quoted("attributes.storage", on),
            )
        self._once(fields, hour, kwh, device.capacity, "attributes.issue_once", on)

    def _once(self, fields: dict[str, Any], hour: str, kwh: int, most: int, rule: str, on: date) -> None:
        """A new lot of a device: one for each hour, and no more than the device can give in it."""
        key = (word(fields, "device"), hour)
        if key in self.issued:
            what = say("is issued already for this device")
            raise refuse("hour", what, f"{key[0]} {hour}", rule=quoted("attributes.issue_once", on))
        if kwh > most:
            what = say("is more than the device can generate in an hour")
            raise refuse("kwh", what, kwh, say("at most {most:g}", most=most), quoted(rule, on))
        self._add(fields, Lot(key[0], hour, word(fields, "owner"), kwh))
        self.issued[key] = kwh

    def split(self, fields: dict[str, Any], on: date) -> None:
        """A lot into two: ``kwh`` under the id ``first``, the rest under ``second``."""
        lot = self._held(fields, on)
        kwh = whole(fields, "kwh")
        if kwh >= lot.kwh:
            raise refuse(
                "kwh", say("is not less than the lot"), kwh, say("at most {most:g}", most=lot.kwh - 1)
            )
        names = [word(fields, "first"), word(fields, "second")]
        if names[0] == names[1] or any(name in self.lots for name in names):
            raise refuse("first", say("is no new id"), " ".join(names))
        lot.state = "split"
        for name, amount in zip(names, (kwh, lot.kwh - kwh), strict=True):
            self.lots[name] = Lot(lot.device, lot.hour, lot.owner, amount, lot.claim)

    def transfer(self, fields: dict[str, Any], on: date) -> None:
        """A lot to another owner; what is bound to a contract or a use does not move."""
        lot = self._held(fields, on)
        if lot.claim not in MOVABLE:
            rule = exclusions()[lot.claim, lot.claim].told()
            raise refuse(
                "lot", say("serves a claim and does not move"), f"{fields['lot']}: {lot.claim}", rule=rule
            )
        lot.owner = word(fields, "to")

    def claim(self, fields: dict[str, Any], on: date) -> None:
        """What a lot serves: dppa, irec, self or credit; once."""
        asked = word(fields, "claim")
        if asked not in CLAIMS:
            raise refuse("claim", say("is not known"), asked, listed(CLAIMS))
        lot = self._held(fields, on)
        if lot.claim:
            rule = exclusions()[lot.claim, asked].told()
            raise refuse("claim", say("is claimed already as {held}", held=lot.claim), asked, rule=rule)
        lot.claim = asked

    def retire(self, fields: dict[str, Any], on: date) -> None:
        """Use a lot for good, for a beneficiary and a year."""
        lot = self._held(fields, on)
        word(fields, "beneficiary")
        if not lot.claim:
            raise refuse("lot", say("serves no claim yet"), fields["lot"], listed(CLAIMS))
        lot.state = "retired"

    def charge(self, fields: dict[str, Any], on: date) -> None:
        """Take a lot into storage: it is cancelled."""
        storage = self._device(fields)
        lot = self._held(fields, on)
        if not storage.efficiency:
            raise refuse("device", say("is no storage"), fields["device"])
        if lot.claim:
            rule = exclusions()[lot.claim, lot.claim].told()
            raise refuse("lot", say("is claimed already as {held}", held=lot.claim), fields["lot"], rule=rule)
        lot.state = "stored"
        storage.charged += lot.kwh

    def discharge(self, fields: dict[str, Any], on: date) -> None:
        """A lot for what a storage gives back: at most what it took in, times its efficiency."""
        storage, hour, kwh = self._device(fields), hour_of(fields), whole(fields, "kwh")
        left = storage.charged * storage.efficiency // 1000 - storage.given
        if kwh > left:
            raise refuse(
                "kwh",
                say("is more than the storage can give back"),
                kwh,
                say("at most {most:g}", most=left),
                quoted("attributes.storage", on),
            )
        self._once(fields, hour, kwh, storage.capacity, "attributes.storage", on)
        storage.given += kwh

    def correct(self, fields: dict[str, Any], on: date) -> None:
        """Another amount for a lot that is whole and unclaimed: the meter was wrong."""
        lot = self._held(fields, on)
        kwh = whole(fields, "kwh", 0)
        word(fields, "reason")
        device = self.devices[lot.device]
        whole_lot = self.issued[lot.device, lot.hour] == lot.kwh
        if lot.claim or not whole_lot:
            raise refuse(
                "lot",
                say("was split or claimed: it can no longer be corrected"),
                fields["lot"],
                rule=quoted("attributes.cancelled", on),
            )
        if kwh > device.capacity:
            raise refuse(
                "kwh",
                say("is more than the device can generate in an hour"),
                kwh,
                say("at most {most:g}", most=device.capacity),
            )
        if device.efficiency:
            left = device.charged * device.efficiency // 1000 - device.given + lot.kwh
            if kwh > left:
                raise refuse(
                    "kwh",
                    say("is more than the storage can give back"),
                    kwh,
                    say("at most {most:g}", most=left),
                )
            device.given += kwh - lot.kwh
        self.issued[lot.device, lot.hour] = kwh
        lot.kwh = kwh

    def _device(self, fields: dict[str, Any]) -> Device:
        name = word(fields, "device")
        if name not in self.devices:
            raise refuse("device", say("is not registered"), name)
        return self.devices[name]

    def _held(self, fields: dict[str, Any], on: date) -> Lot:
        name = word(fields, "lot")
        lot = self.lots.get(name)
        if lot is None:
            raise refuse("lot", say("is not registered"), name)
        if lot.state != "held":
            raise refuse(
                "lot",
                say("is {state} and is not moved again", state=say(f"register.states.{lot.state}")),
                name,
                rule=quoted("attributes.cancelled", on),
            )
        return lot

    def _add(self, fields: dict[str, Any], lot: Lot) -> None:
        name = word(fields, "lot")
        if name in self.lots:
            raise refuse("lot", say("is no new id"), name)
        self.lots[name] = lot

    def lost(self) -> int:
        """What lots do not account for [kWh]: issued less all lots that are not split; always 0."""
        leaves = sum(lot.kwh for lot in self.lots.values() if lot.state != "split")
        return sum(self.issued.values()) - leaves


def hour_of(fields: dict[str, Any]) -> str:
    """A whole hour of an entry, such as 2026-05-01T10.

    Raises:
        StudyError: when it is none.
    """
    text = str(fields.get("hour"))
    try:
        whole_hour = datetime.fromisoformat(f"{text}:00").isoformat(timespec="hours")
    except ValueError:
        whole_hour = ""
    if whole_hour != text or not text:
        raise refuse("hour", say("is no whole hour"), text, say("such as 2026-05-01T10"))
    return text
