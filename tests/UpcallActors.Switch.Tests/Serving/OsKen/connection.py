"""What concerns the connection and the switch as a whole."""

UNKNOWN_EXPERIMENTER = 0x00abcdef


def echo(talk):
    """The same comes back."""
    reply = talk.ask("echo", talk.new("OFPEchoRequest", b"anybody?"))
    talk.check("echo's data", reply[0].data == b"anybody?")
    talk.ask("empty echo", talk.new("OFPEchoRequest"))


def configuration(talk):
    """What of a packet is told, and what becomes of fragments."""
    talk.ask("config", talk.new("OFPGetConfigRequest"))
    talk.ask("set config", talk.new("OFPSetConfig", talk.ofp.OFPC_FRAG_NORMAL, 100))
    talk.ask("config after it was set", talk.new("OFPGetConfigRequest"))
    talk.ask("set config to drop fragments", talk.new("OFPSetConfig", talk.ofp.OFPC_FRAG_DROP, 0xffff))
    talk.ask("config for fragments", talk.new("OFPGetConfigRequest"))
    talk.ask("set config for all of a packet", talk.new("OFPSetConfig", talk.ofp.OFPC_FRAG_NORMAL, 0xffff))


def what_it_is(talk):
    """Features, description, a barrier."""
    talk.ask("features", talk.new("OFPFeaturesRequest"))
    talk.ask("desc", talk.new("OFPDescStatsRequest", 0))
    talk.ask("barrier", talk.new("OFPBarrierRequest"))


def experimenters(talk):
    """Messages of nobody that the switch knows."""
    talk.ask("experimenter", talk.new("OFPExperimenter", UNKNOWN_EXPERIMENTER, 1, b"12345678"))
    talk.ask("experimenter of Nicira", talk.new("OFPExperimenter", 0x2320, 0xfff, b"12345678"))
    talk.ask("experimenter multipart", talk.new("OFPExperimenterStatsRequest", 0, UNKNOWN_EXPERIMENTER, 1, b"12345678"))
    if talk.minor >= 5:
        talk.ask("controller status", talk.new("OFPControllerStatusStatsRequest"))
        talk.ask("bundle features", talk.new("OFPBundleFeaturesStatsRequest"))


def roles(talk):
    """What a controller may do beside others."""
    ofp = talk.ofp
    extra = {"short_id": 0} if talk.minor >= 5 else {}

    def role(name, wanted, generation):
        return talk.ask(f"role {name}", talk.new("OFPRoleRequest", role=wanted, generation_id=generation, **extra))

    role("not changed", ofp.OFPCR_ROLE_NOCHANGE, 0)
    role("master", ofp.OFPCR_ROLE_MASTER, 7)
    role("slave with an older generation", ofp.OFPCR_ROLE_SLAVE, 6)
    role("slave", ofp.OFPCR_ROLE_SLAVE, 8)
    talk.ask("slave's flow", talk.new("OFPFlowMod", match=talk.new("OFPMatch"), instructions=[]))
    talk.ask("slave's flows", talk.new("OFPFlowStatsRequest", match=talk.new("OFPMatch")))
    talk.ask("slave's meter", talk.new("OFPMeterMod", bands=[talk.new("OFPMeterBandDrop", 100)]))
    talk.ask("slave's async", talk.new("OFPGetAsyncRequest"))
    role("equal", ofp.OFPCR_ROLE_EQUAL, 0)
    role("that is none", 9, 0)
    role("at last", ofp.OFPCR_ROLE_NOCHANGE, 0)


def unasked(talk):
    """What is told unasked can be chosen."""
    talk.ask("async", talk.new("OFPGetAsyncRequest"))
    if talk.minor < 4:
        talk.ask("set async", talk.new("OFPSetAsync", [1, 2], [5, 4], [3, 8]))
    else:
        reasons = [
            talk.new("OFPAsyncConfigPropReasons", talk.ofp.OFPACPT_PACKET_IN_MASTER, 8, 0x2),
            talk.new("OFPAsyncConfigPropReasons", talk.ofp.OFPACPT_FLOW_REMOVED_SLAVE, 8, 0x5),
            talk.new("OFPAsyncConfigPropReasons", talk.ofp.OFPACPT_PORT_STATUS_MASTER, 8, 0x1),
            talk.new("OFPAsyncConfigPropReasons", talk.ofp.OFPACPT_TABLE_STATUS_MASTER, 8, 0x18),
        ]
        talk.ask("set async", talk.new("OFPSetAsync", reasons))
        wrong = [talk.new("OFPAsyncConfigPropReasons", talk.ofp.OFPACPT_PACKET_IN_MASTER, 8, 0x80000000)]
        talk.ask("set async for no reason", talk.new("OFPSetAsync", wrong))
    talk.ask("async after it was set", talk.new("OFPGetAsyncRequest"))
    all_of_it(talk)


def all_of_it(talk):
    """Everything is told again."""
    if talk.minor < 4:
        talk.ask("set async to all", talk.new("OFPSetAsync", [7, 7], [7, 7], [15, 15]))
        return
    kinds = [
        ("PACKET_IN", 0x3f), ("PORT_STATUS", 0x7), ("FLOW_REMOVED", 0x3f), ("ROLE_STATUS", 0x7), ("TABLE_STATUS", 0x18),
        ("REQUESTFORWARD", 0x3),
    ]
    talk.ask("set async to all", talk.new("OFPSetAsync", [
        talk.new("OFPAsyncConfigPropReasons", getattr(talk.ofp, f"OFPACPT_{kind}_MASTER"), 8, mask) for kind, mask in kinds]))
