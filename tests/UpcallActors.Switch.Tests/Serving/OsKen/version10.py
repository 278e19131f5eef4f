"""What OpenFlow 1.0 says in words of its own."""

from os_ken.ofproto.nx_match import ClsRule

from packets import frame

ABSENT = 99
ALL_TABLES = 0xff
NO_BUFFER = 0xffffffff


def connection(talk):
    """What the switch is, its configuration, and roles and unasked messages as Nicira has them."""
    talk.ask("features", talk.new("OFPFeaturesRequest"))
    reply = talk.ask("echo", talk.new("OFPEchoRequest", b"anybody?"))
    talk.check("echo's data", reply[0].data == b"anybody?")
    talk.ask("desc", talk.new("OFPDescStatsRequest", 0))
    talk.ask("barrier", talk.new("OFPBarrierRequest"))
    for name, flags in [("normal", talk.ofp.OFPC_FRAG_NORMAL), ("drop", talk.ofp.OFPC_FRAG_DROP)]:
        talk.ask(f"set config {name}", talk.new("OFPSetConfig", flags, 0xffff))
        talk.ask(f"config {name}", talk.new("OFPGetConfigRequest"))
    talk.ask("set config at last", talk.new("OFPSetConfig", talk.ofp.OFPC_FRAG_NORMAL, 0xffff))
    stranger = talk.new("OFPVendor")
    stranger.vendor, stranger.data = 0x00abcdef, b"12345678"
    talk.ask("vendor", stranger)
    talk.ask("vendor stats", talk.new("OFPVendorStatsRequest", 0, 0x00abcdef, b"12345678"))
    for role in [2, 1, 7, 0]:
        talk.ask(f"role {role}", talk.new("NXTRoleRequest", role))
        if role == 2:
            talk.ask("secondary's flow", talk.new("OFPFlowMod"))
    talk.ask("flow age", talk.new("NXTFlowAge"))
    talk.ask("controller id", talk.new("NXTSetControllerId", 0))
    talk.ask("set async", talk.new("NXTSetAsyncConfig", [7, 7], [7, 7], [15, 15]))


def ports(talk):
    """Ports, queues, tables."""
    ofp = talk.ofp
    for name, port in [("all", ofp.OFPP_NONE), ("one", 1), ("local", ofp.OFPP_LOCAL), ("none", ABSENT)]:
        talk.ask(f"port stats of {name}", talk.new("OFPPortStatsRequest", 0, port))
    for name, port, queue in [
            ("all", ofp.OFPP_ALL, ofp.OFPQ_ALL), ("a port", 1, ofp.OFPQ_ALL), ("number 5", 1, 5), ("no port", ABSENT, 0)]:
        talk.ask(f"queue stats of {name}", talk.new("OFPQueueStatsRequest", 0, port, queue))
    talk.ask("queue config", talk.new("OFPQueueGetConfigRequest", 1))
    talk.ask("queue config of local", talk.new("OFPQueueGetConfigRequest", ofp.OFPP_LOCAL))
    talk.ask("queue config of all", talk.new("OFPQueueGetConfigRequest", ofp.OFPP_NONE))
    talk.ask("queue config of no port", talk.new("OFPQueueGetConfigRequest", ABSENT))
    talk.ask("table stats", talk.new("OFPTableStatsRequest", 0))
    address = talk.datapath.ports[1].hw_addr
    both = ofp.OFPPC_NO_FLOOD | ofp.OFPPC_NO_PACKET_IN
    for name, port, hw_addr, config, mask in [
            ("of nothing", 1, address, 0, 0), ("of no port", ABSENT, address, 0, 0), ("of another address", 1, "02:00:00:00:00:99", 0, 0),
            ("that sets", 1, address, both, both), ("that clears", 1, address, 0, both)]:
        talk.ask(f"port mod {name}", talk.new("OFPPortMod", port, hw_addr, config, mask))
        talk.tell_unasked(f"port mod {name} tells")


MATCHES = [
    {"in_port": 1},
    {"dl_src": "00:00:00:00:00:01", "dl_dst": "00:00:00:00:00:02", "dl_type": 0x88cc},
    {"dl_vlan": 5, "dl_vlan_pcp": 3},
    {"dl_vlan": 0xffff},
    {"dl_type": 0x800, "nw_src": "10.0.0.0", "nw_src_mask": 8, "nw_dst": "10.0.0.9", "nw_tos": 0x20},
    {"dl_type": 0x800, "nw_proto": 6, "tp_src": 7, "tp_dst": 80},
    {"dl_type": 0x800, "nw_proto": 1, "tp_src": 8, "tp_dst": 0},
    {"dl_type": 0x806, "nw_proto": 1, "nw_src": "10.0.0.1"},
]


def actions(talk):
    """Each action of 1.0, and some of Nicira."""
    ofp, parser = talk.ofp, talk.datapath.ofproto_parser
    return {
        "output": parser.OFPActionOutput(1), "output to the controller": parser.OFPActionOutput(ofp.OFPP_CONTROLLER, 77),
        "output to normal": parser.OFPActionOutput(ofp.OFPP_NORMAL), "output to flood": parser.OFPActionOutput(ofp.OFPP_FLOOD),
        "output to all": parser.OFPActionOutput(ofp.OFPP_ALL), "output to in_port": parser.OFPActionOutput(ofp.OFPP_IN_PORT),
        "output to local": parser.OFPActionOutput(ofp.OFPP_LOCAL), "set VLAN": parser.OFPActionVlanVid(7),
        "set VLAN's priority": parser.OFPActionVlanPcp(3), "strip VLAN": parser.OFPActionStripVlan(),
        "set source": parser.OFPActionSetDlSrc("00:00:00:00:00:05"), "set destination": parser.OFPActionSetDlDst("00:00:00:00:00:06"),
        "set IP source": parser.OFPActionSetNwSrc("1.2.3.4"), "set IP destination": parser.OFPActionSetNwDst("1.2.3.5"),
        "set TOS": parser.OFPActionSetNwTos(0x20), "set source port": parser.OFPActionSetTpSrc(5),
        "set destination port": parser.OFPActionSetTpDst(6), "resubmit": parser.NXActionResubmitTable(0xfff8, 3),
        "load": parser.NXActionRegLoad((4 << 6) | 7, "reg2", 0x5a), "move": parser.NXActionRegMove("reg0", "reg1", 16, 0, 16),
        "set tunnel": parser.NXActionSetTunnel(0xa), "decrement TTL": parser.NXActionDecTtl(), "ct clear": parser.NXActionCTClear(),
    }


def dump(talk, name, table=ALL_TABLES, port=None, **fields):
    """Flows and their sum."""
    port = talk.ofp.OFPP_NONE if port is None else port
    talk.ask(name, talk.new("OFPFlowStatsRequest", 0, talk.new("OFPMatch", **fields), table, port))
    talk.ask(f"aggregate of {name}", talk.new("OFPAggregateStatsRequest", 0, talk.new("OFPMatch", **fields), table, port))


def clear(talk, name):
    """Deletes all flows."""
    talk.ask(name, talk.new("OFPFlowMod", command=talk.ofp.OFPFC_DELETE))


def flows(talk):
    """What flows match and do."""
    for number, fields in enumerate(MATCHES):
        talk.ask(f"match of {', '.join(fields)}", talk.new("OFPFlowMod", talk.new("OFPMatch", **fields), priority=100 + number))
    dump(talk, "flows that match")
    dump(talk, "flows of IP", dl_type=0x800)
    clear(talk, "delete matches")
    for number, (name, action) in enumerate(actions(talk).items()):
        fields = {"dl_type": 0x800, "nw_proto": 6}
        talk.ask(name, talk.new("OFPFlowMod", talk.new("OFPMatch", **fields), number, priority=200 + number, actions=[action]))
    dump(talk, "flows that act")
    dump(talk, "flows to a port", port=1)
    clear(talk, "delete actions")


def commands(talk):
    """How flows are changed."""
    ofp, parser = talk.ofp, talk.datapath.ofproto_parser

    def change(name, command, priority=7, port=1, match=None, **more):
        match = talk.new("OFPMatch", in_port=1) if match is None else match
        actions_of_it = [] if port is None else [parser.OFPActionOutput(port)]
        talk.ask(name, talk.new("OFPFlowMod", match, command=command, priority=priority, actions=actions_of_it, **more))

    change("add", ofp.OFPFC_ADD, cookie=0x17, idle_timeout=600, hard_timeout=900, flags=ofp.OFPFF_SEND_FLOW_REM)
    change("add again", ofp.OFPFC_ADD, port=2, cookie=0x18, flags=ofp.OFPFF_SEND_FLOW_REM)
    change("add what overlaps", ofp.OFPFC_ADD, match=talk.new("OFPMatch"), flags=ofp.OFPFF_CHECK_OVERLAP)
    change("add for emergencies", ofp.OFPFC_ADD, flags=ofp.OFPFF_EMERG)
    change("modify", ofp.OFPFC_MODIFY, port=3, cookie=0x19)
    change("modify what is not there", ofp.OFPFC_MODIFY, match=talk.new("OFPMatch", in_port=2), cookie=0x20)
    change("modify strictly what is not there", ofp.OFPFC_MODIFY_STRICT, priority=8, cookie=0x21)
    dump(talk, "flows")
    change("delete to another port", ofp.OFPFC_DELETE, port=None, out_port=2)
    change("delete strictly", ofp.OFPFC_DELETE_STRICT, port=None)
    talk.expect_all("delete strictly tells", 1)
    change("bad command", 9)
    change("bad port", ofp.OFPFC_ADD, port=ofp.OFPP_MAX)
    change("no port", ofp.OFPFC_ADD, port=0)
    change("unknown buffer", ofp.OFPFC_ADD, buffer_id=77)
    dump(talk, "flows after they were deleted")
    clear(talk, "delete all")


def nicira(talk):
    """Flows as Nicira writes them."""
    parser = talk.datapath.ofproto_parser
    talk.ask("flow format", talk.new("NXTSetFlowFormat", talk.ofp.NXFF_NXM))
    talk.ask("table ids", talk.new("NXTFlowModTableId", 1))
    rule = ClsRule()
    rule.set_dl_type(0x800)
    rule.set_nw_dst_masked(0x0a000000, 0xff000000)
    rule.set_tun_id(7)
    # With table ids a command has the table above it.
    talk.ask("Nicira's flow", talk.new("NXTFlowMod", 0x51, talk.ofp.OFPFC_ADD | (3 << 8), rule=rule, flags=talk.ofp.OFPFF_SEND_FLOW_REM,
                                       actions=[parser.NXActionResubmitTable(0xfff8, 4)]))
    talk.ask("Nicira's flows", talk.new("NXFlowStatsRequest", 0, talk.ofp.OFPP_NONE, ALL_TABLES, ClsRule()))
    talk.ask("Nicira's aggregate", talk.new("NXAggregateStatsRequest", 0, talk.ofp.OFPP_NONE, ALL_TABLES, rule))
    talk.ask("delete Nicira's", talk.new("NXTFlowMod", 0, talk.ofp.OFPFC_DELETE | (ALL_TABLES << 8), rule=ClsRule()))
    talk.expect_all("delete Nicira's tells", 1)
    talk.ask("no table ids", talk.new("NXTFlowModTableId", 0))
    talk.ask("flow format of 1.0", talk.new("NXTSetFlowFormat", talk.ofp.NXFF_OPENFLOW10))


def packets(talk):
    """Packets to the controller and from it."""
    ofp, parser = talk.ofp, talk.datapath.ofproto_parser

    def send(name, port, *acts, buffer_id=NO_BUFFER, data=frame()):
        talk.ask(name, talk.new("OFPPacketOut", buffer_id, port, list(acts), data))

    send("packet-out to the controller", 1, parser.OFPActionOutput(ofp.OFPP_CONTROLLER, 0xffff))
    came = talk.expect("packet-in of it")
    talk.check("packet-in's bytes", bytes(came.data) == frame())
    talk.ask("flow to the controller", talk.new(
        "OFPFlowMod", cookie=0x61, actions=[parser.OFPActionSetNwDst("10.1.0.77"), parser.OFPActionOutput(ofp.OFPP_CONTROLLER, 50)]))
    send("packet-out through the table", 2, parser.OFPActionOutput(ofp.OFPP_TABLE))
    talk.expect("packet-in of a flow")
    talk.ask("packet-in format", talk.new("NXTSetPacketInFormat", 1))
    send("packet-out for Nicira's packet-in", 2, parser.OFPActionOutput(ofp.OFPP_TABLE))
    talk.expect("Nicira's packet-in")
    talk.ask("packet-in format of 1.0", talk.new("NXTSetPacketInFormat", 0))
    send("packet-out that sets a field it has not", 1, parser.OFPActionSetNwSrc("1.2.3.4"), parser.OFPActionOutput(1), data=b"123" * 20)
    send("packet-out of a buffer", 1, parser.OFPActionOutput(1), buffer_id=77, data=None)
    send("packet-out to no port", 1, parser.OFPActionOutput(ofp.OFPP_MAX))
    clear(talk, "delete flows of packets")
    talk.ask("flow of a second", talk.new("OFPFlowMod", hard_timeout=1, cookie=0x62, flags=ofp.OFPFF_SEND_FLOW_REM))
    gone = talk.expect("flow removed")
    talk.check("flow's reason", gone.reason == ofp.OFPRR_HARD_TIMEOUT)


PARTS = [connection, ports, flows, commands, nicira, packets]
