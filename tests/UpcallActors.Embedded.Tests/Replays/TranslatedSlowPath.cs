using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Decides by the scenario's OpenFlow rules, through the translator.</summary>
public sealed class TranslatedSlowPath(KernelRecording recording, IDatapath datapath) : SlowPath(datapath)
{
    private readonly IUpcallTranslator _translator = recording.CreateTranslator();

    protected override Decision Decide(ReadOnlySpan<byte> upcall, PacketMessage message) => Translate(_translator, upcall, message);

    public static Decision Translate(IUpcallTranslator translator, ReadOnlySpan<byte> upcall, PacketMessage message)
    {
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        byte[] actions = new byte[4096];
        var mask = default(FlowKey);
        var view = new UpcallView(key, message.Key.Of(upcall), message.Packet.Of(upcall), message.Origin, message.Command, message.UserData.IsPresent ? message.UserData.Of(upcall) : default);
        Translation translation = translator.Translate(view, actions, ref mask);
        translation.Error.ShouldBe(XlateError.None);
        actions = actions[..translation.ActionsLength];
        return new Decision(translation.InstallFlow ? WriteFlow(message.Key.Of(upcall), key, mask, actions) : [], actions);
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
