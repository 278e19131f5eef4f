"""Packets to the controller and from it."""

from os_ken.lib.packet import ethernet, ipv4, packet, udp

from actions import BY_ACTION
from flows import apply, clear, dump, flow_mod, output


def frame():
    """A packet of UDP."""
    made = packet.Packet()
    made.add_protocol(ethernet.ethernet("02:00:00:00:00:02", "02:00:00:00:00:01", 0x800))
    made.add_protocol(ipv4.ipv4(src="10.1.0.1", dst="10.1.0.2", proto=17, identification=7))
    made.add_protocol(udp.udp(1000, 2000))
    made.serialize()
    return bytes(made.data)


def send(talk, name, actions, port=None, data=None, buffer_id=None):
    """Sends a packet out, as if it had come by a port."""
    port = talk.ofp.OFPP_CONTROLLER if port is None else port
    if buffer_id is None:
        buffer_id, data = talk.ofp.OFP_NO_BUFFER, frame() if data is None else data
    origin = {"match": talk.new("OFPMatch", in_port=port)} if talk.minor >= 5 else {"in_port": port}
    talk.ask(name, talk.new("OFPPacketOut", buffer_id=buffer_id, actions=actions, data=data, **origin))


def packets(talk):
    """What is sent to the controller comes to it, with what the switch knows about it."""
    ofp = talk.ofp
    to_controller = output(talk, ofp.OFPP_CONTROLLER, ofp.OFPCML_NO_BUFFER)
    send(talk, "packet-out to the controller", [to_controller], port=1)
    came = talk.expect("packet-in of it")
    talk.check("packet-in's bytes", bytes(came.data) == frame())
    talk.check("packet-in's port", came.match["in_port"] == 1)
    send(talk, "packet-out to the controller of a part", [output(talk, ofp.OFPP_CONTROLLER, 20)], port=1)
    talk.expect("packet-in of a part")
    send(talk, "packet-out with a change", [talk.new("OFPActionSetField", ipv4_dst="10.1.0.99"), to_controller], port=2)
    talk.expect("packet-in of the changed")
    send(talk, "packet-out to ports", [output(talk, 1), output(talk, ofp.OFPP_IN_PORT)], port=2)
    send(talk, "packet-out to no port", [output(talk, ofp.OFPP_MAX + 1)])
    send(talk, "packet-out from no port", [output(talk, 1)], port=ofp.OFPP_MAX + 1)
    send(talk, "packet-out that sets a field it has", [talk.new("OFPActionSetField", udp_dst=5), output(talk, 1)], port=2)
    send(talk, "packet-out that sets a field it has not", [talk.new("OFPActionSetField", tcp_dst=5), output(talk, 1)], port=2)
    send(talk, "packet-out to any port", [output(talk, ofp.OFPP_ANY)], port=2)
    send(talk, "packet-out of no frame", [talk.new("OFPActionSetField", udp_dst=5), output(talk, 1)], data=b"123")
    if talk.minor >= 5:
        send(talk, "packet-out to an unknown meter", [talk.new("OFPActionMeter", 77), output(talk, 1)])
    send(talk, "packet-out of nothing", [output(talk, 1)], data=b"")
    send(talk, "packet-out of a buffer", [output(talk, 1)], buffer_id=77)
    send(talk, "packet-out to an unknown group", [talk.new("OFPActionGroup", 77)])


def through_tables(talk):
    """A packet goes through flows to the controller."""
    ofp = talk.ofp
    flow_mod(talk, "flow on", priority=31, match=talk.new("OFPMatch", eth_type=0x800, ip_proto=17), cookie=0x31, instructions=[
        apply(talk, talk.new("OFPActionSetField", reg0=5), talk.new("OFPActionSetField", metadata=6)),
        talk.new("OFPInstructionGotoTable", 2)])
    flow_mod(talk, "flow to the controller", priority=32, table_id=2, cookie=0x32, instructions=[
        apply(talk, output(talk, ofp.OFPP_CONTROLLER, ofp.OFPCML_NO_BUFFER))])
    send(talk, "packet-out through tables", [output(talk, ofp.OFPP_TABLE)], port=2)
    came = talk.expect("packet-in of a flow")
    talk.check("packet-in's table", came.table_id == 2)
    talk.check("packet-in's cookie", came.cookie == 0x32)
    flow_mod(talk, "table-miss flow", priority=0, table_id=3, cookie=0x33, instructions=[
        apply(talk, output(talk, ofp.OFPP_CONTROLLER, ofp.OFPCML_NO_BUFFER))])
    flow_mod(talk, "flow to the miss", priority=33, cookie=0x34, instructions=[talk.new("OFPInstructionGotoTable", 3)])
    send(talk, "packet-out that misses", [output(talk, ofp.OFPP_TABLE)], port=3)
    talk.expect("packet-in of a miss")
    flow_mod(talk, "flow for the TTL", priority=34, cookie=0x35, match=talk.new("OFPMatch", eth_type=0x800), instructions=[
        apply(talk, talk.new("OFPActionSetNwTtl", 1), talk.new("OFPActionDecNwTtl"))])
    send(talk, "packet-out whose TTL ends", [output(talk, ofp.OFPP_TABLE)], port=3)
    talk.expect("packet-in of a TTL that ended")
    talk.ask("group for packets", talk.new("OFPGroupMod", ofp.OFPGC_ADD, ofp.OFPGT_INDIRECT, 8, buckets=[talk.new(
        "OFPBucket", actions=[output(talk, ofp.OFPP_CONTROLLER, ofp.OFPCML_NO_BUFFER)])]))
    send(talk, "packet-out to a group", [talk.new("OFPActionGroup", 8)], port=1)
    talk.expect("packet-in of a group")
    talk.ask("delete the group for packets", talk.new("OFPGroupMod", ofp.OFPGC_DELETE, ofp.OFPGT_ALL, 8))
    formats(talk)
    clear(talk, "delete flows of packets")


def formats(talk):
    """Nicira's packet-in has more."""
    ofp = talk.ofp
    action = talk.datapath.ofproto_parser.NXActionController2(
        max_len=128, controller_id=0, reason=BY_ACTION, userdata=b"\x01\x02\x03\x04")
    flow_mod(talk, "flow with user data", priority=35, cookie=0x36, instructions=[apply(talk, action)])
    talk.ask("packet-in format", talk.new("NXTSetPacketInFormatMsg", 2))
    send(talk, "packet-out for Nicira's packet-in", [output(talk, ofp.OFPP_TABLE)], port=3)
    talk.expect("Nicira's packet-in")
    talk.ask("packet-in format that is none", talk.new("NXTSetPacketInFormatMsg", 9))
    talk.ask("packet-in format of the standard", talk.new("NXTSetPacketInFormatMsg", 0))


def expiring(talk):
    """A flow whose time ends says so."""
    flow_mod(talk, "flow of a second", priority=41, cookie=0x41, hard_timeout=1, flags=talk.ofp.OFPFF_SEND_FLOW_REM)
    gone = talk.expect("flow removed")
    talk.check("flow's reason", gone.reason == talk.ofp.OFPRR_HARD_TIMEOUT)
    dump(talk, "flows at the end")
