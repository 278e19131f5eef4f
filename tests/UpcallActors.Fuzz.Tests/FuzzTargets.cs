using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Tests.Fuzz;
using UpcallActors.Embedded.Tests.Fuzz;
using UpcallActors.Kernel.Tests.Fuzz;
using UpcallActors.Linux.Tests.Fuzz;
using UpcallActors.Linux.Tests.Links;
using UpcallActors.Linux.Tests.Routes;
using UpcallActors.Odp;
using UpcallActors.Odp.Tests;
using UpcallActors.Odp.Tests.Fuzz;
using UpcallActors.Ofproto.Tests;
using UpcallActors.OpenFlow.Tests;
using UpcallActors.Ovsdb.Tests.Fuzz;
using UpcallActors.Packets.Tests;
using UpcallActors.Packets.Tests.Fuzz;
using UpcallActors.Unixctl.Tests.Fuzz;
using KernelConntrack = UpcallActors.Kernel.Tests.Fuzz.ConntrackFuzz;
using RecordedConnections = UpcallActors.Kernel.Tests.Conntrack.RecordedConnections;
using Tracker = UpcallActors.Embedded.Tests.Fuzz.ConntrackFuzz;

namespace UpcallActors.Fuzz.Tests;

/// <summary>All targets: every parser of what comes from a kernel, a wire, a capture, a file or a socket.</summary>
internal static class FuzzTargets
{
    /// <summary>The targets, by name.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } = [.. Netlink(), .. Packets(), .. Odp(), .. Kernel(), .. OpenFlow(), .. Embedded(),
        .. Unixctl(), .. Ovsdb(), .. Daemon()];

    /// <summary>The target of a name. Throws <see cref="ArgumentException"/> when there is none.</summary>
    public static FuzzTarget Named(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException(
            $"there is no target {name}; there are {string.Join(", ", All.Select(target => target.Name))}");

    private static FuzzTarget[] Netlink() =>
    [
        FuzzTarget.Counted("netlink.messages", NetlinkFuzz.Run, () => [NetlinkFuzzTests.Seed()]),
        FuzzTarget.Counted("netlink.answers", NetlinkAnswerFuzz.Run, () => [NetlinkFuzzTests.AnswerSeed()]),
        FuzzTarget.Counted("netlink.ancillary", ControlMessagesFuzz.Run, () => [NetlinkFuzzTests.AncillarySeed]),
        FuzzTarget.Checked("netlink.links", LinkFuzz.Run, () => RecordedLinks.Messages),
        FuzzTarget.Checked("netlink.routes", RouteFuzz.Run, () => RecordedRoutes.Messages),
    ];

    private static FuzzTarget[] Packets() =>
    [
        FuzzTarget.Checked(
            "packets.pcap", CaptureFuzz.Run, () => [PcapTests.SmallFile(nanoseconds: false), PcapTests.SmallFile(nanoseconds: true)]),
    ];

    private static FuzzTarget[] Odp() =>
    [
        FuzzTarget.Checked("odp.packets", OdpFuzz.Packet, () => OdpFuzzTests.Messages(families => families.Packet)),
        FuzzTarget.Checked("odp.flows", OdpFuzz.Flow, () => OdpFuzzTests.Messages(families => families.Flow)),
        FuzzTarget.Checked("odp.datapaths", OdpFuzz.Datapath, () => OdpFuzzTests.Messages(families => families.Datapath)),
        FuzzTarget.Checked("odp.vports", OdpFuzz.Vport, () => OdpFuzzTests.Messages(families => families.Vport)),
        FuzzTarget.Checked("odp.keys", OdpFuzz.Key, () => OdpFuzzTests.KeySeeds(mask: false)),
        FuzzTarget.Checked("odp.masks", OdpFuzz.Mask, () => OdpFuzzTests.KeySeeds(mask: true)),
        FuzzTarget.Checked("odp.keys-under-masks", OdpFuzz.KeyUnderMask, OdpFuzzTests.MaskedKeySeeds),
        FuzzTarget.Checked("odp.actions", OdpFuzz.Actions, OdpFuzzTests.ActionSeeds),
        FuzzTarget.Checked("odp.compared-actions",
            OdpFuzz.ComparedActions,
            () => [.. OdpFuzzTests.ActionSeeds().Select(actions => (byte[])[.. actions, .. actions])]),
        FuzzTarget.Checked("odp.meters", OdpFuzz.Meter, () => [ControlMessageTests.Write(ControlMessageTests.Meter)]),
        FuzzTarget.Checked("odp.ct-limits", OdpFuzz.CtLimit, () => [ControlMessageTests.Write(ControlMessageTests.Limits)]),
        FuzzTarget.Read<DatapathSupport>("odp.probe", DatapathProbeFuzz.Run, () => [NetlinkFuzzTests.AnswerSeed()]),
        FuzzTarget.Checked("odp.flow-lines", OdpFuzz.FlowLine, OdpFuzzTests.FlowLineSeeds),
        FuzzTarget.Checked("odp.flow-texts", OdpFuzz.FlowKeyText, () => FuzzTarget.Texts(TextExamples.Flows)),
        FuzzTarget.Checked("odp.action-texts", OdpFuzz.ActionsText, () => FuzzTarget.Texts(TextExamples.Actions)),
        FuzzTarget.Checked("odp.conntrack-matches", OdpFuzz.ConntrackMatch, () => OdpFuzzTests.ConntrackMatchSeeds),
    ];

    private static FuzzTarget[] Kernel() =>
    [
        FuzzTarget.Checked("kernel.connections", KernelConntrack.Run, () => RecordedConnections.Messages),
        FuzzTarget.Counted("kernel.sockets", SocketTableFuzz.Run, () => [Encoding.ASCII.GetBytes(SocketTableFuzzTests.Seed)]),
    ];

    private static FuzzTarget[] OpenFlow() =>
    [
        FuzzTarget.Taken("openflow.flows", FlowSyntaxFuzz.Run, () => FuzzTarget.Texts(FlowSyntaxFuzzTests.Corpus)),
        FuzzTarget.Taken("openflow.actions", ActionListFuzz.Run, () => ActionListFuzzTests.Corpus),
        .. Enumerable.Range(1, 6).Select(version => Messages((byte)version)),
        FuzzTarget.Checked("openflow.continuations", ContinuationFuzz.Run, () => ContinuationFuzz.Corpus),
        FuzzTarget.Checked("openflow.trace", TraceFuzz.Run, () => FuzzTarget.Texts(TraceFuzzTests.Corpus)) with
        {
            Make = random => Encoding.Latin1.GetBytes(TraceText.Make(TraceFuzzTests.Corpus, random)),
            Tokens = TraceText.Tokens,
        },
    ];

    private static FuzzTarget Messages(byte version) =>
        FuzzTarget.Checked(
            string.Create(CultureInfo.InvariantCulture, $"openflow.messages-1.{version - 1}"),
            OpenFlowCodecFuzz.Run,
            () => OpenFlowCodecFuzz.Corpus(version)) with
        {
            Make = OpenFlowCodecFuzz.Structured(version),
        };

    private static FuzzTarget[] Embedded() =>
    [
        FuzzTarget.Taken("embedded.frames", EmbeddedFuzzTargets.Frame, () => EmbeddedFuzzTests.Frames()),
        FuzzTarget.Taken("embedded.requests", EmbeddedFuzzTargets.Requests, EmbeddedFuzzTests.RequestCorpus),
        FuzzTarget.Taken("embedded.fragments", FragmentFuzz.Defragment, () => FragmentFuzz.Corpus()),
        FuzzTarget.Taken("embedded.refragmentation", FragmentFuzz.Fragment, () => FragmentFuzz.Corpus()),
        FuzzTarget.Taken("embedded.connections", Tracker.Track, () => Tracker.FrameCorpus()),
        FuzzTarget.Taken("embedded.ct-attributes", Tracker.ParseParameters, () => Tracker.ActionCorpus()),
        FuzzTarget.Taken("embedded.offload", OffloadFuzz.Offloaded, () => OffloadFuzz.OffloadCorpus()),
        FuzzTarget.Taken("embedded.vxlan", OffloadFuzz.Vxlan, OffloadFuzz.VxlanCorpus),
    ];

    private static FuzzTarget[] Unixctl() =>
    [
        FuzzTarget.Taken("unixctl.requests",
            ControlRequestFuzz.Run,
            () => FuzzTarget.Texts(ControlRequestFuzzTests.Corpus)) with { Tokens = ControlRequestFuzzTests.Tokens },
        FuzzTarget.Taken("unixctl.answers",
            AnswerFuzz.Run,
            () => FuzzTarget.Texts(AnswerFuzzTests.Corpus)) with { Tokens = AnswerFuzzTests.Tokens },
    ];

    private static FuzzTarget[] Ovsdb() =>
    [
        FuzzTarget.Taken("ovsdb.sessions", OvsdbFuzz.Run, () => FuzzTarget.Texts(OvsdbFuzz.Seeds)) with { Tokens = OvsdbFuzz.Tokens },
    ];

    private static FuzzTarget[] Daemon() =>
    [
        FuzzTarget.Checked("daemon.configuration", ConfigurationFuzz.Run, () => FuzzTarget.Texts(ConfigurationFuzzTests.Corpus)) with
        {
            Make = random => Encoding.UTF8.GetBytes(ConfigurationText.Make(random)),
            Tokens = ConfigurationFuzzTests.Tokens,
        },
        FuzzTarget.Taken("daemon.client-texts",
            ClientFuzz.Text,
            () => FuzzTarget.Texts(ClientFuzzTests.TextCorpus)) with { Tokens = ClientFuzzTests.Tokens },
        FuzzTarget.Taken("daemon.filters",
            ClientFuzz.Filter,
            () => FuzzTarget.Texts(ClientFuzzTests.FilterCorpus)) with { Tokens = ClientFuzzTests.Tokens },
    ];
}
