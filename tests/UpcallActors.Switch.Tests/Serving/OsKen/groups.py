"""Groups and meters."""

from flows import apply, clear, dump, flow_mod, output


def bucket(talk, port, number=0, weight=0, watch=None):
    """A bucket that outputs to a port, in the words of the version."""
    ofp = talk.ofp
    if talk.minor < 5:
        watched = {} if watch is None else {"watch_port": watch}
        return talk.new("OFPBucket", weight, actions=[output(talk, port)], **watched)
    properties = [] if not weight else [talk.new("OFPGroupBucketPropWeight", ofp.OFPGBPT_WEIGHT, 8, weight)]
    if watch is not None:
        properties.append(talk.new("OFPGroupBucketPropWatch", ofp.OFPGBPT_WATCH_PORT, 8, watch))
    return talk.new("OFPBucket", number, [output(talk, port)], properties)


def groups(talk):
    """Groups of all types, changed and deleted."""
    ofp = talk.ofp

    # os-ken loses its way in a group of 1.5 with two buckets.
    most = 2 if talk.minor < 5 else 1

    def change(name, command, kind, group, buckets, **more):
        talk.ask(name, talk.new("OFPGroupMod", command, kind, group, buckets=buckets, **more))

    change("add group all", ofp.OFPGC_ADD, ofp.OFPGT_ALL, 1, [bucket(talk, 1, 1), bucket(talk, 2, 2)])
    change("add group select", ofp.OFPGC_ADD, ofp.OFPGT_SELECT, 2, [bucket(talk, 1, 1, weight=3), bucket(talk, 2, 2, weight=5)][:most])
    change("add group indirect", ofp.OFPGC_ADD, ofp.OFPGT_INDIRECT, 3, [bucket(talk, 3, 1)])
    change("add group fast failover", ofp.OFPGC_ADD, ofp.OFPGT_FF, 4, [bucket(talk, 1, 1, watch=1), bucket(talk, 2, 2, watch=2)][:most])
    change("add group again", ofp.OFPGC_ADD, ofp.OFPGT_ALL, 1, [])
    change("add group of no type", ofp.OFPGC_ADD, 9, 9, [])
    change("add group without a number", ofp.OFPGC_ADD, ofp.OFPGT_ALL, ofp.OFPG_MAX + 1, [])
    change("add group indirect of two", ofp.OFPGC_ADD, ofp.OFPGT_INDIRECT, 9, [bucket(talk, 1, 1), bucket(talk, 2, 2)])
    change("modify group", ofp.OFPGC_MODIFY, ofp.OFPGT_ALL, 1, [bucket(talk, 3, 3)])
    change("modify group that is not there", ofp.OFPGC_MODIFY, ofp.OFPGT_ALL, 9, [])
    change("group of a bad command", 77, ofp.OFPGT_ALL, 9, [])
    if talk.minor >= 5:
        change("insert bucket", ofp.OFPGC_INSERT_BUCKET, ofp.OFPGT_ALL, 1, [bucket(talk, 1, 7)], command_bucket_id=ofp.OFPG_BUCKET_FIRST)
        change("insert bucket again", ofp.OFPGC_INSERT_BUCKET, ofp.OFPGT_ALL, 1, [bucket(talk, 1, 7)],
               command_bucket_id=ofp.OFPG_BUCKET_LAST)
        change("remove bucket", ofp.OFPGC_REMOVE_BUCKET, ofp.OFPGT_ALL, 1, [], command_bucket_id=3)
        change("remove bucket again", ofp.OFPGC_REMOVE_BUCKET, ofp.OFPGT_ALL, 1, [], command_bucket_id=3)
    flow_mod(talk, "flow to a group", priority=9, flags=ofp.OFPFF_SEND_FLOW_REM, instructions=[apply(talk, talk.new("OFPActionGroup", 2))])
    dump(talk, "flows with groups", out_group=2)
    describe(talk)
    for name, group, other in [("none", 5, 77), ("itself", 6, 6)]:
        change(f"add group that leads to {name}", ofp.OFPGC_ADD, ofp.OFPGT_ALL, group, [
            talk.new("OFPBucket", actions=[talk.new("OFPActionGroup", other)])])
    change("delete group", ofp.OFPGC_DELETE, ofp.OFPGT_ALL, 2, [])
    talk.expect_all("delete group tells", 1)
    change("delete group again", ofp.OFPGC_DELETE, ofp.OFPGT_ALL, 2, [])
    change("delete all groups", ofp.OFPGC_DELETE, ofp.OFPGT_ALL, ofp.OFPG_ALL, [])
    talk.ask("no groups", talk.new("OFPGroupDescStatsRequest"))


def describe(talk):
    """What groups are and have counted."""
    talk.ask("group features", talk.new("OFPGroupFeaturesStatsRequest", 0))
    for group in [1, 2, 3, 4, 77] if talk.minor >= 5 else []:
        talk.ask(f"group desc of {group}", talk.new("OFPGroupDescStatsRequest", 0, group))
    if talk.minor < 5:
        talk.ask("group desc", talk.new("OFPGroupDescStatsRequest"))
    talk.ask("group stats", talk.new("OFPGroupStatsRequest"))
    talk.ask("group stats of one", talk.new("OFPGroupStatsRequest", 0, 2))
    talk.ask("group stats of none", talk.new("OFPGroupStatsRequest", 0, 77))


def meters(talk):
    """Meters, which the datapath has."""
    ofp = talk.ofp
    stats = ofp.OFPMF_STATS

    def change(name, command, meter, flags=0, bands=()):
        talk.ask(name, talk.new("OFPMeterMod", command, flags, meter, [talk.new("OFPMeterBandDrop", *band) for band in bands]))

    talk.ask("meter features", talk.new("OFPMeterFeaturesStatsRequest", 0))
    change("add meter", ofp.OFPMC_ADD, 1, ofp.OFPMF_KBPS | stats, [(1000, 0)])
    change("add meter of packets with a burst", ofp.OFPMC_ADD, 2, ofp.OFPMF_PKTPS | ofp.OFPMF_BURST | stats, [(200, 50)])
    change("add meter again", ofp.OFPMC_ADD, 1, ofp.OFPMF_KBPS, [(1000, 0)])
    change("add meter without a band", ofp.OFPMC_ADD, 3, ofp.OFPMF_KBPS)
    change("add meter 0", ofp.OFPMC_ADD, 0, ofp.OFPMF_KBPS, [(1, 0)])
    change("add meter of both units", ofp.OFPMC_ADD, 4, ofp.OFPMF_KBPS | ofp.OFPMF_PKTPS, [(1, 0)])
    change("modify meter", ofp.OFPMC_MODIFY, 1, ofp.OFPMF_KBPS | stats, [(2000, 0)])
    change("modify meter that is not there", ofp.OFPMC_MODIFY, 77, ofp.OFPMF_KBPS, [(2000, 0)])
    change("meter of a bad command", 9, 1)
    remark = talk.new("OFPMeterBandDscpRemark", 100, 0, 1)
    talk.ask("add meter that remarks", talk.new("OFPMeterMod", ofp.OFPMC_ADD, ofp.OFPMF_KBPS, 5, [remark]))
    if talk.minor < 5:
        instructions = [talk.new("OFPInstructionMeter", 1), apply(talk, output(talk, 1))]
        config = "OFPMeterConfigStatsRequest"
    else:
        instructions = [apply(talk, talk.new("OFPActionMeter", 1), output(talk, 1))]
        config = "OFPMeterDescStatsRequest"
    flow_mod(talk, "flow with a meter", priority=9, flags=ofp.OFPFF_SEND_FLOW_REM, instructions=instructions)
    dump(talk, "flows with meters")
    talk.ask("meter config", talk.new(config, 0))
    talk.ask("meter config of one", talk.new(config, 0, 2))
    talk.ask("meter config of none", talk.new(config, 0, 77))
    talk.ask("meter stats", talk.new("OFPMeterStatsRequest", 0))
    talk.ask("meter stats of none", talk.new("OFPMeterStatsRequest", 0, 77))
    change("delete meter", ofp.OFPMC_DELETE, 1)
    talk.expect_all("delete meter tells", 1 if talk.minor >= 4 else 0)
    change("delete meter again", ofp.OFPMC_DELETE, 1)
    change("delete all meters", ofp.OFPMC_DELETE, ofp.OFPM_ALL)
    talk.ask("no meters", talk.new(config, 0))
    clear(talk, "delete flows of meters")
