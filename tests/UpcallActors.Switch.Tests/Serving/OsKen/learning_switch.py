"""A learning switch: floods until it knows where an address is, and then makes a flow."""

import os

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib.packet import ethernet, packet


class LearningSwitch(app_manager.OSKenApp):
    """In whatever version of OpenFlow the environment says."""

    OFP_VERSIONS = [int(os.environ["OPENFLOW_VERSION"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {}

    @set_ev_cls(ofp_event.EventOFPStateChange, MAIN_DISPATCHER)
    def begin(self, change):
        """Where the switch drops what no flow matches, a flow brings that here."""
        datapath = change.datapath
        if datapath.ofproto.OFP_VERSION > 1:
            whole = getattr(datapath.ofproto, "OFPCML_NO_BUFFER", 0xffff)
            self.add_flow(datapath, 0, {}, datapath.ofproto.OFPP_CONTROLLER, whole)

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def decide(self, event):
        """Learns the source, and sends to the destination."""
        message = event.msg
        datapath = message.datapath
        ofp, parser = datapath.ofproto, datapath.ofproto_parser
        in_port = message.in_port if ofp.OFP_VERSION == 1 else message.match["in_port"]
        frame = packet.Packet(message.data).get_protocol(ethernet.ethernet)
        self.places[datapath.id, frame.src] = in_port
        out_port = self.places.get((datapath.id, frame.dst), ofp.OFPP_FLOOD)
        if out_port != ofp.OFPP_FLOOD:
            names = ("in_port", "dl_dst", "dl_src") if ofp.OFP_VERSION == 1 else ("in_port", "eth_dst", "eth_src")
            self.add_flow(datapath, 1, dict(zip(names, (in_port, frame.dst, frame.src))), out_port)
        came = {"match": parser.OFPMatch(in_port=in_port)} if ofp.OFP_VERSION > 5 else {"in_port": in_port}
        datapath.send_msg(parser.OFPPacketOut(
            datapath, buffer_id=0xffffffff, actions=[parser.OFPActionOutput(out_port)], data=message.data, **came))

    @staticmethod
    def add_flow(datapath, priority, fields, port, max_len=0):
        """Makes a flow that outputs to a port."""
        ofp, parser = datapath.ofproto, datapath.ofproto_parser
        actions = [parser.OFPActionOutput(port, max_len)]
        what = {"actions": actions} if ofp.OFP_VERSION == 1 else {
            "instructions": [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions)]}
        datapath.send_msg(parser.OFPFlowMod(datapath, match=parser.OFPMatch(**fields), priority=priority, **what))
