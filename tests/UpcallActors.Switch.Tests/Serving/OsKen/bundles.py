"""Bundles of messages, and monitors of flows."""

from flows import apply, clear, dump, flow_mod, output

ATOMIC_AND_ORDERED = 3
OPEN, CLOSE, COMMIT, DISCARD = 0, 2, 4, 6


def bundles(talk):
    """What is in a bundle is done together or not at all. 1.3 has them as an extension."""
    control = "ONFBundleCtrlMsg" if talk.minor < 4 else "OFPBundleCtrlMsg"
    add = "ONFBundleAddMsg" if talk.minor < 4 else "OFPBundleAddMsg"

    def order(name, bundle, kind, flags=ATOMIC_AND_ORDERED):
        talk.ask(name, talk.new(control, bundle, kind, flags, []))

    def put(name, bundle, message, flags=ATOMIC_AND_ORDERED):
        added = talk.new(add, bundle, flags, message, [])
        talk.datapath.set_xid(added)
        message.set_xid(added.xid)
        talk.ask(name, added, has_number=True)

    def flow(priority, port=1, **more):
        return talk.new("OFPFlowMod", priority=priority, match=talk.new("OFPMatch"), out_port=talk.ofp.OFPP_ANY,
                        out_group=talk.ofp.OFPG_ANY, instructions=[apply(talk, output(talk, port))], **more)

    order("open a bundle", 1, OPEN)
    put("add a flow to it", 1, flow(11))
    put("add another flow", 1, flow(12))
    dump(talk, "flows before it is committed")
    order("close it", 1, CLOSE)
    put("add a flow to the closed one", 1, flow(13))
    order("commit what is gone", 1, COMMIT)
    order("open a second", 2, OPEN)
    put("add a flow to the second", 2, flow(14))
    put("add a group to the second", 2, talk.new("OFPGroupMod", talk.ofp.OFPGC_ADD, talk.ofp.OFPGT_ALL, 5, buckets=[]))
    order("commit the second", 2, COMMIT)
    dump(talk, "flows after it was committed")
    order("open a third", 3, OPEN)
    put("add a flow to the third", 3, flow(15))
    put("add a flow that is refused", 3, flow(16, table_id=254))
    put("add a flow that fails", 3, flow(17, port=talk.ofp.OFPP_MAX + 1))
    order("commit the third", 3, COMMIT)
    put("add what may not be there", 4, talk.new("OFPEchoRequest"))
    order("commit the fourth", 4, COMMIT)
    order("open a fifth", 5, OPEN)
    order("open the fifth again", 5, OPEN)
    order("discard none", 6, DISCARD)
    order("open a seventh", 7, OPEN)
    order("discard the seventh", 7, DISCARD)
    order("commit the seventh", 7, COMMIT)
    order("bad type", 8, 9)
    order("open one with other flags", 9, OPEN, flags=1)
    order("commit it with others", 9, COMMIT, flags=2)
    dump(talk, "flows after bundles")
    talk.ask("delete the bundle's group", talk.new("OFPGroupMod", talk.ofp.OFPGC_DELETE, talk.ofp.OFPGT_ALL, talk.ofp.OFPG_ALL))
    clear(talk, "delete bundled flows")


def monitors(talk):
    """What becomes of flows is told."""
    if talk.minor < 4:
        return
    ofp = talk.ofp
    flags = ofp.OFPFMF_INITIAL | ofp.OFPFMF_ADD | ofp.OFPFMF_REMOVED | ofp.OFPFMF_MODIFY | ofp.OFPFMF_INSTRUCTIONS

    def monitor(name, number, command=ofp.OFPFMC_ADD):
        talk.ask(name, talk.new(
            "OFPFlowMonitorRequest", 0, number, monitor_flags=flags, command=command, match=talk.new("OFPMatch")))

    flow_mod(talk, "flow before the monitor", priority=21, cookie=0x21, instructions=[apply(talk, output(talk, 1))])
    monitor("monitor", 1)
    monitor("monitor again", 1)
    talk.tell_unasked("monitor again tells")
    flow_mod(talk, "flow under the monitor", priority=22, cookie=0x22, instructions=[apply(talk, output(talk, 1))])
    talk.expect_all("flow under the monitor tells", 1)
    flow_mod(talk, "modify under the monitor", command=ofp.OFPFC_MODIFY, instructions=[apply(talk, output(talk, 2))])
    talk.expect_all("modify under the monitor tells", 1)
    clear(talk, "delete under the monitor", told=1)
    monitor("delete the monitor", 1, command=ofp.OFPFMC_DELETE)
    monitor("delete it again", 1, command=ofp.OFPFMC_DELETE)
    talk.tell_unasked("delete it again tells")
    flow_mod(talk, "flow without a monitor", priority=23)
    clear(talk, "delete monitored flows")
