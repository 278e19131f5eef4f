"""What flows do: each action comes back as it was said."""

from flows import apply, clear, dump, flow_mod, output

IPV4_TCP = {"eth_type": 0x800, "ip_proto": 6}
IPV4_UDP = {"eth_type": 0x800, "ip_proto": 17}
IPV4_SCTP = {"eth_type": 0x800, "ip_proto": 132}
IPV6 = {"eth_type": 0x86dd}
BY_ACTION = 1
VLAN = {"vlan_vid": (0x1000, 0x1000)}

SET_FIELDS = [
    ({}, {"eth_src": "00:11:22:33:44:55"}), ({}, {"eth_dst": "00:11:22:33:44:66"}), (VLAN, {"vlan_vid": 0x1007}), (VLAN, {"vlan_pcp": 5}),
    (IPV4_TCP, {"ipv4_src": "1.2.3.4"}), (IPV4_TCP, {"ipv4_dst": "1.2.3.5"}), (IPV4_TCP, {"ip_dscp": 9}), (IPV4_TCP, {"ip_ecn": 2}),
    (IPV4_TCP, {"tcp_src": 9}), (IPV4_TCP, {"tcp_dst": 10}), (IPV4_UDP, {"udp_src": 9}), (IPV4_UDP, {"udp_dst": 10}),
    (IPV4_SCTP, {"sctp_src": 9}), (IPV4_SCTP, {"sctp_dst": 10}), (IPV6, {"ipv6_src": "2001:db8::5"}), (IPV6, {"ipv6_dst": "2001:db8::6"}),
    (IPV6, {"ipv6_flabel": 7}), ({}, {"metadata": 7}), ({}, {"tunnel_id": 8}), ({}, {"reg3": 9}), ({}, {"xxreg1": 10}),
    ({}, {"pkt_mark": 11}), ({}, {"tun_ipv4_dst": "10.0.0.7"}),
]


def reserved_ports(talk):
    """Outputs to each port that is none."""
    ofp = talk.ofp
    for number, port in enumerate(["IN_PORT", "TABLE", "NORMAL", "FLOOD", "ALL", "CONTROLLER", "LOCAL", "ANY"]):
        action = output(talk, getattr(ofp, f"OFPP_{port}"), 100)
        flow_mod(talk, f"output to {port}", priority=200 + number, instructions=[apply(talk, action)])
    dump(talk, "flows to reserved ports")
    clear(talk, "delete outputs")


def set_fields(talk):
    """Each field that can be written, wholly, and in 1.5 in part."""
    for number, (match, field) in enumerate(SET_FIELDS):
        (name,) = field
        flow_mod(talk, f"set {name}", priority=300 + number, match=talk.new("OFPMatch", **match), instructions=[
            apply(talk, talk.new("OFPActionSetField", **field))])
    if talk.minor >= 5:
        flow_mod(talk, "set a part of metadata", priority=400, instructions=[
            apply(talk, talk.new("OFPActionSetField", metadata=(0x50, 0xf0)))])
    dump(talk, "flows that set fields")
    if talk.minor >= 5:
        # os-ken cannot read it back: it takes padding for fields.
        flow_mod(talk, "copy field", priority=401, match=talk.new("OFPMatch", **IPV4_TCP), instructions=[apply(talk, talk.new(
            "OFPActionCopyField", 16, 0, 16, [talk.new("OFPOxmId", "ipv4_src"), talk.new("OFPOxmId", "ipv4_dst")]))])
    clear(talk, "delete what sets")


def headers(talk):
    """VLAN tags and the TTL."""
    several = [
        ("push vlan", {}, [("OFPActionPushVlan", 0x8100), ("OFPActionSetField",), ("OFPActionOutput", 1)]),
        ("pop vlan", VLAN, [("OFPActionPopVlan",), ("OFPActionOutput", 1)]),
        ("push an S-tag", {}, [("OFPActionPushVlan", 0x88a8)]),
        ("push a bad tag", {}, [("OFPActionPushVlan", 0x1234)]),
        ("set TTL", IPV4_TCP, [("OFPActionSetNwTtl", 17)]),
        ("decrement TTL", IPV4_TCP, [("OFPActionDecNwTtl",), ("OFPActionOutput", 2)]),
        ("decrement no TTL", {}, [("OFPActionDecNwTtl",)]),
    ]
    for number, (name, match, actions) in enumerate(several):
        made = [talk.new(*one) if one != ("OFPActionSetField",) else talk.new("OFPActionSetField", vlan_vid=0x1009) for one in actions]
        flow_mod(talk, name, priority=500 + number, match=talk.new("OFPMatch", **match), instructions=[apply(talk, *made)])
    dump(talk, "flows that change headers")
    clear(talk, "delete what changes headers")


def nicira(talk):
    """Nicira's actions that os-ken knows too."""
    parser = talk.datapath.ofproto_parser
    nat = parser.NXActionNAT(1, range_ipv4_min="10.1.0.1", range_ipv4_max="10.1.0.9", range_proto_min=1000, range_proto_max=2000)
    made = [
        ("resubmit", {}, parser.NXActionResubmit(2)),
        ("resubmit to a table", {}, parser.NXActionResubmitTable(3, 4)),
        ("set tunnel", {}, parser.NXActionSetTunnel(0xa)),
        ("set tunnel of 64 bits", {}, parser.NXActionSetTunnel64(2**40)),
        ("move", {}, parser.NXActionRegMove("reg0", "reg1", 16, 0, 16)),
        ("load", {}, parser.NXActionRegLoad((4 << 6) | 7, "reg2", 0x5a)),
        ("load a whole", {}, parser.NXActionRegLoad2("reg3", 0x5a)),
        ("output a field", {}, parser.NXActionOutputReg(15, "reg0", 64)),
        ("output a field by its name", {}, parser.NXActionOutputReg2(15, "reg0", 64)),
        ("controller", {}, parser.NXActionController(128, 0, BY_ACTION)),
        ("controller with more", {}, parser.NXActionController2(
            max_len=128, controller_id=0, reason=BY_ACTION, userdata=b"\x01\x02\x03\x04")),
        ("decrement TTL for controllers", IPV4_TCP, parser.NXActionDecTtlCntIds([0, 7])),
        ("ct", IPV4_TCP, parser.NXActionCT(1, "", 5, 4, 0, [])),
        ("ct with NAT", IPV4_TCP, parser.NXActionCT(1, "reg0", 15, 255, 0, [nat])),
        ("ct that marks", IPV4_TCP, parser.NXActionCT(1, "", 0, 255, 0, [parser.OFPActionSetField(ct_mark=5)])),
        ("ct clear", {}, parser.NXActionCTClear()),
        ("output of a part", {}, parser.NXActionOutputTrunc(1, 100)),
        ("output of a part to normal", {}, parser.NXActionOutputTrunc(0xfffa, 100)),
    ]
    for number, (name, match, action) in enumerate(made):
        flow_mod(talk, name, priority=600 + number, match=talk.new("OFPMatch", **match), instructions=[apply(talk, action)])
    dump(talk, "flows with Nicira's actions")
    clear(talk, "delete Nicira's")
