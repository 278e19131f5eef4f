"""Flows: what they match, what they do, and how they are changed."""


def flow_mod(talk, name, **parts):
    """Sends a change of flows, of table 0 unless another is said."""
    parts.setdefault("out_port", talk.ofp.OFPP_ANY)
    parts.setdefault("out_group", talk.ofp.OFPG_ANY)
    parts.setdefault("match", talk.new("OFPMatch"))
    parts.setdefault("instructions", [])
    talk.ask(name, talk.new("OFPFlowMod", **parts))


def dump(talk, name, **parts):
    """Asks for flows, in the words of the version."""
    parts.setdefault("match", talk.new("OFPMatch"))
    kind = "OFPFlowDescStatsRequest" if talk.minor >= 5 else "OFPFlowStatsRequest"
    return talk.ask(name, talk.new(kind, 0, **parts))


def aggregate(talk, name, **parts):
    """Asks for the sum of flows."""
    ofp = talk.ofp
    asked = {
        "table_id": ofp.OFPTT_ALL, "out_port": ofp.OFPP_ANY, "out_group": ofp.OFPG_ANY, "cookie": 0, "cookie_mask": 0,
        "match": talk.new("OFPMatch")} | parts
    talk.ask(name, talk.new("OFPAggregateStatsRequest", 0, **asked))


def apply(talk, *actions):
    """An instruction."""
    return talk.new("OFPInstructionActions", talk.ofp.OFPIT_APPLY_ACTIONS, list(actions))


def output(talk, port, max_len=0):
    """An action."""
    return talk.new("OFPActionOutput", port, max_len)


def clear(talk, name, told=0):
    """Deletes all flows of all tables, and waits for what is told of those that wanted it."""
    flow_mod(talk, name, command=talk.ofp.OFPFC_DELETE, table_id=talk.ofp.OFPTT_ALL)
    talk.expect_all(f"{name} tells", told)


def commands(talk):
    """Adds, modifies and deletes, strictly and not."""
    ofp = talk.ofp

    def match(last):
        return talk.new("OFPMatch", eth_type=0x800, ipv4_dst=f"10.0.0.{last}")

    importance = {"importance": 9} if talk.minor >= 4 else {}
    flow_mod(talk, "add", match=match(1), priority=7, cookie=0x17, idle_timeout=600, hard_timeout=900, flags=ofp.OFPFF_SEND_FLOW_REM,
             instructions=[apply(talk, output(talk, 1))], **importance)
    flow_mod(talk, "add again", match=match(1), priority=7, cookie=0x18, flags=ofp.OFPFF_SEND_FLOW_REM | ofp.OFPFF_RESET_COUNTS,
             instructions=[apply(talk, output(talk, 2))])
    flow_mod(talk, "add without counts", match=match(2), priority=7, cookie=0x28, flags=ofp.OFPFF_NO_PKT_COUNTS | ofp.OFPFF_NO_BYT_COUNTS,
             instructions=[apply(talk, output(talk, 2)), talk.new("OFPInstructionGotoTable", 3)])
    flow_mod(talk, "add to another table", match=match(3), table_id=3, priority=8, cookie=0x38, flags=ofp.OFPFF_SEND_FLOW_REM)
    flow_mod(talk, "add what overlaps", priority=7, flags=ofp.OFPFF_CHECK_OVERLAP)
    dump(talk, "flows")
    aggregate(talk, "aggregate")
    dump(talk, "flows of a table", table_id=3)
    dump(talk, "flows of a cookie", cookie=8, cookie_mask=0xf)
    dump(talk, "flows to a port", out_port=2)
    dump(talk, "flows to a group", out_group=5)
    aggregate(talk, "aggregate of a match", match=match(1))
    flow_mod(talk, "modify", command=ofp.OFPFC_MODIFY, match=match(1), instructions=[apply(talk, output(talk, 3))])
    flow_mod(talk, "modify nothing", command=ofp.OFPFC_MODIFY, match=match(77), instructions=[apply(talk, output(talk, 3))])
    flow_mod(talk, "modify a cookie's", command=ofp.OFPFC_MODIFY, cookie=0x28, cookie_mask=2**64 - 1, instructions=[])
    flow_mod(talk, "modify strictly another priority", command=ofp.OFPFC_MODIFY_STRICT, match=match(1), priority=8)
    flow_mod(talk, "modify strictly", command=ofp.OFPFC_MODIFY_STRICT, match=match(2), priority=7,
             instructions=[apply(talk, output(talk, ofp.OFPP_IN_PORT))])
    dump(talk, "flows after they were modified")
    flow_mod(talk, "delete to another port", command=ofp.OFPFC_DELETE, table_id=ofp.OFPTT_ALL, out_port=1)
    flow_mod(talk, "delete strictly another priority", command=ofp.OFPFC_DELETE_STRICT, match=match(1), priority=8)
    flow_mod(talk, "delete strictly", command=ofp.OFPFC_DELETE_STRICT, match=match(1), priority=7)
    talk.expect_all("delete strictly tells", 1)
    dump(talk, "flows after one was deleted")
    clear(talk, "delete all", told=1)
    dump(talk, "no flows")
    aggregate(talk, "aggregate of nothing")


def refusals(talk):
    """What no switch may take."""
    ofp = talk.ofp
    flow_mod(talk, "bad command", command=17)
    flow_mod(talk, "bad table", table_id=254)
    flow_mod(talk, "all tables", table_id=ofp.OFPTT_ALL)
    flow_mod(talk, "bad flags", flags=0x8000)
    flow_mod(talk, "bad port", instructions=[apply(talk, output(talk, ofp.OFPP_MAX + 1))])
    flow_mod(talk, "port 0", instructions=[apply(talk, output(talk, 0))])
    flow_mod(talk, "goto back", table_id=3, instructions=[talk.new("OFPInstructionGotoTable", 2)])
    flow_mod(talk, "goto the last", instructions=[talk.new("OFPInstructionGotoTable", 254)])
    flow_mod(talk, "unknown buffer", buffer_id=77, instructions=[apply(talk, output(talk, 1))])
    flow_mod(talk, "unknown group", instructions=[apply(talk, talk.new("OFPActionGroup", 77))])
    flow_mod(talk, "two of an instruction", instructions=[apply(talk), apply(talk)])
    flow_mod(talk, "set field without its protocol", instructions=[apply(talk, talk.new("OFPActionSetField", ipv4_src="1.2.3.4"))])
    flow_mod(talk, "match without its protocol", match=talk.new("OFPMatch", ipv4_dst="10.0.0.1"))
    flow_mod(talk, "match with bits that the mask lacks", match=talk.new("OFPMatch", eth_type=0x800, ipv4_dst=("10.0.0.1", "255.0.0.0")))
    flow_mod(talk, "match of a field that cannot be", match=talk.new("OFPMatch", eth_type=0x88e7, pbb_isid=5))
    flow_mod(talk, "action of an experimenter", instructions=[
        apply(talk, talk.new("OFPActionExperimenterUnknown", 0x00abcdef, b"1234"))])
    if talk.minor < 5:
        flow_mod(talk, "unknown meter", instructions=[talk.new("OFPInstructionMeter", 77)])
    else:
        flow_mod(talk, "unknown meter", instructions=[apply(talk, talk.new("OFPActionMeter", 77))])
    clear(talk, "delete what was not refused")


MATCHES = [
    {"in_port": 1},
    {"in_port": 0xfffffffe, "metadata": (5, 0xff), "tunnel_id": 7},
    {"eth_dst": ("01:00:00:00:00:00", "01:00:00:00:00:00"), "eth_src": "00:11:22:33:44:55", "eth_type": 0x88cc},
    {"vlan_vid": 0},
    {"vlan_vid": (0x1000, 0x1000)},
    {"vlan_vid": 0x1005, "vlan_pcp": 3},
    {"eth_type": 0x800, "ip_dscp": 10, "ip_ecn": 1, "ip_proto": 6, "ipv4_src": ("10.0.0.0", "255.0.0.0"), "tcp_src": 7, "tcp_dst": 80},
    {"eth_type": 0x800, "ip_proto": 17, "ipv4_dst": "10.0.0.9", "udp_src": 53, "udp_dst": (64, 0xffc0)},
    {"eth_type": 0x800, "ip_proto": 132, "sctp_src": 5, "sctp_dst": 6},
    {"eth_type": 0x800, "ip_proto": 1, "icmpv4_type": 8, "icmpv4_code": 0},
    {"eth_type": 0x806, "arp_op": 1, "arp_spa": "10.0.0.1", "arp_tpa": ("10.0.0.0", "255.255.255.0"), "arp_sha": "00:00:00:00:00:01",
     "arp_tha": "00:00:00:00:00:02"},
    {"eth_type": 0x86dd, "ipv6_src": "2001:db8::1", "ipv6_dst": ("2001:db8::", "ffff:ffff::"), "ipv6_flabel": 5},
    {"eth_type": 0x86dd, "ip_proto": 58, "icmpv6_type": 135, "icmpv6_code": 0, "ipv6_nd_target": "fe80::1",
     "ipv6_nd_sll": "00:00:00:00:00:03"},
    {"eth_type": 0x86dd, "ip_proto": 58, "icmpv6_type": 136, "icmpv6_code": 0, "ipv6_nd_tll": "00:00:00:00:00:04"},
    {"reg0": 5, "reg15": (0x10, 0xf0), "xxreg1": (0x20, 0xff)},
    {"eth_type": 0x800, "ct_state": (0x21, 0x21), "ct_zone": 7, "ct_mark": (8, 0xff), "ct_label": (9, 0xffff)},
    {"tun_ipv4_src": "10.0.0.1", "tun_ipv4_dst": ("10.0.0.0", "255.255.0.0"), "pkt_mark": (1, 3)},
    {"eth_type_nxm": 0x800, "ip_proto_nxm": 6, "tcp_flags_nxm": (2, 2), "tcp_dst_nxm": 443},
]


def matches(talk):
    """Each field comes back as it was said."""
    for number, fields in enumerate(MATCHES):
        name = ", ".join(fields)
        match = talk.new("OFPMatch", **fields)
        flow_mod(talk, f"match of {name}", match=match, priority=100 + number)
    dump(talk, "flows that match")
    for fields in MATCHES[:3]:
        dump(talk, f"flows within {', '.join(fields)}", match=talk.new("OFPMatch", **fields))
    if talk.minor >= 5:
        flow_mod(talk, "match of tcp_flags", match=talk.new("OFPMatch", eth_type=0x800, ip_proto=6, tcp_flags=(2, 2)))
        dump(talk, "flow with tcp_flags", match=talk.new("OFPMatch", eth_type=0x800, ip_proto=6, tcp_flags=(2, 2)))
    clear(talk, "delete matches")
