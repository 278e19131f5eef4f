using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Decides by the scenario's OpenFlow rules, through the translator, and credits them with what flows have carried.</summary>
internal sealed class TranslatedSlowPath : SlowPath
{
    private readonly EmbeddedDatapath _datapath;
    private readonly FirstRules _rules;
    private readonly IUpcallTranslator _translator;

    public TranslatedSlowPath(KernelRecording recording, EmbeddedDatapath datapath, IDatapath seen)
        : base(seen)
    {
        Bridge bridge = recording.CreateBridge();
        _datapath = datapath;
        _rules = new FirstRules(bridge.Tables);
        _translator = new OpenFlowTranslatorFactory([bridge]).Create(0);
    }

    /// <inheritdoc/>
    public override Func<Task>? Purge => () =>
    {
        CreditFlows();
        return Task.CompletedTask;
    };

    /// <inheritdoc/>
    public override void ShouldBalance(DatapathCounters counters)
    {
        base.ShouldBalance(counters);
        CreditFlows();
        PacketAccount.ShouldBeCredited(counters.Hits + counters.Misses, _rules.Packets, lostBefore: counters.Lost);
    }

    protected override Decision Decide(ReadOnlySpan<byte> upcall, PacketMessage message) => Translate(_translator, upcall, message);

    public static Decision Translate(IUpcallTranslator translator, ReadOnlySpan<byte> upcall, PacketMessage message)
    {
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        byte[] actions = new byte[4096];
        var mask = default(FlowKey);
        var view = new UpcallView(key, message.Key.Of(upcall), message.Packet.Of(upcall), message.Origin, message.Command,
            message.UserData.IsPresent ? message.UserData.Of(upcall) : default);
        Translation translation = translator.Translate(view, actions, ref mask);
        translation.Error.ShouldBe(XlateError.None);
        actions = actions[..translation.ActionsLength];
        return new Decision(translation.InstallFlow ? WriteFlow(message.Key.Of(upcall), key, mask, actions) : [], actions);
    }

    /// <summary>What the flows have carried is counted before they go.</summary>
    private void CreditFlows()
    {
        foreach (byte[] message in Flows())
        {
            FlowMessage.TryParse(message, out FlowMessage flow).ShouldBe(OdpParseError.None);
            OvsFlowKeyReader.TryRead(flow.Key.Of(message), out FlowKey key).ShouldBe(OdpParseError.None);
            var mask = default(FlowKey);
            var credit = new FlowCredit(flow.Packets, flow.Bytes);
            _translator.Retranslate(key, credit, new byte[4096], ref mask).Error.ShouldBe(XlateError.None);
        }

        _datapath.FlushFlows();
    }

    private static byte[] WriteFlow(ReadOnlySpan<byte> keyAttributes, in FlowKey key, in FlowKey mask, ReadOnlySpan<byte> actions)
    {
        var writer = new NetlinkWriter(new byte[8192]);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        int nest = writer.BeginNest(OvsFlowAttribute.Mask);
        OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        writer.EndNest(nest);
        writer.Put(OvsFlowAttribute.Actions, actions);
        return writer.Written.ToArray();
    }
}
