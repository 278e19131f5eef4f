"""Asks a switch for all that os-ken knows in a version of OpenFlow."""

import actions
import bundles
import connection
import flows
import groups
import packets
import ports
import version10
from conversation import Conversation

PARTS = [
    connection.echo, connection.configuration, connection.what_it_is, connection.experimenters, connection.roles, connection.unasked,
    ports.ports, ports.queues, ports.tables, flows.commands, flows.refusals, flows.matches, actions.reserved_ports, actions.set_fields,
    actions.headers, actions.nicira, groups.groups, groups.meters, bundles.bundles, bundles.monitors, packets.packets,
    packets.through_tables, packets.expiring,
]


class Survey(Conversation):
    """One message of each type after the other."""

    def talk(self):
        for part in version10.PARTS if self.minor == 0 else PARTS:
            part(self)
            self.tell_unasked(f"unasked in {part.__name__}")
