using UpcallActors.Linux;
using UpcallActors.Packets;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests.Fuzz;

/// <summary>
/// Fuzz targets, one for each parser. Any input must end in a value or an error value; for text in an
/// <see cref="OdpTextException"/>. A target that returns true has accepted its input and used what it got.
/// </summary>
internal static class OdpFuzz
{
    public static bool Packet(ReadOnlySpan<byte> input)
    {
        if (PacketMessage.TryParse(input, out PacketMessage packet) != OdpParseError.None)
            return false;
        bool isKey = OvsFlowKeyReader.TryRead(packet.Key.Of(input), out _) == OdpParseError.None;
        if (packet.Actions.IsPresent)
            Actions(packet.Actions.Of(input));
        packet.Packet.Of(input).Length.ShouldBeGreaterThanOrEqualTo(PacketMessage.MinimumPacketLength);
        return isKey;
    }

    public static bool Flow(ReadOnlySpan<byte> input)
    {
        if (FlowMessage.TryParse(input, out FlowMessage flow) != OdpParseError.None)
            return false;
        FlowDumpLine.Of(flow, input, nowMilliseconds: 0).Format(OdpPortNames.None, verbose: true).ShouldNotBeEmpty();
        return true;
    }

    public static bool Key(ReadOnlySpan<byte> input)
    {
        FlowText.Format(input, [], OdpPortNames.None, verbose: false).ShouldNotBeNull();
        if (OvsFlowKeyReader.TryRead(input, out FlowKey key) != OdpParseError.None)
            return false;
        var writer = new NetlinkWriter(new byte[4096]);
        OvsFlowKeyWriter.WriteKey(key, ref writer);
        OvsFlowKeyReader.TryRead(writer.Written, out _).ShouldBe(OdpParseError.None);
        return true;
    }

    public static bool Mask(ReadOnlySpan<byte> input) => OvsFlowKeyReader.TryReadMask(input, out _) == OdpParseError.None;

    /// <summary>Formats half of the input under the other half.</summary>
    public static bool KeyUnderMask(ReadOnlySpan<byte> input)
    {
        int half = input.Length / 2;
        FlowText.Format(input[..half], input[half..], OdpPortNames.None, verbose: true).ShouldNotBeNull();
        return true;
    }

    public static bool Actions(ReadOnlySpan<byte> input)
    {
        ActionText.Format(input, OdpPortNames.None).ShouldNotBeEmpty();
        return OvsActionList.Check(input) == OdpParseError.None;
    }

    /// <summary>
    /// Compares half of the input with the other half: actions are equal to themselves, and whose turn it is means nothing.
    /// </summary>
    public static bool ComparedActions(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> installed = input[..(input.Length / 2)];
        ReadOnlySpan<byte> own = input[installed.Length..];
        if (OvsActionList.Check(installed) != OdpParseError.None || OvsActionList.Check(own) != OdpParseError.None)
            return false;
        var comparison = new ActionComparison();
        comparison.AreEqual(installed, installed).ShouldBeTrue();
        bool areEqual = comparison.AreEqualButForIds(own, installed);
        comparison.AreEqualButForIds(installed, own).ShouldBe(areEqual);
        var ids = new List<uint>();
        ActionComparison.CollectRecirculationIds(installed, ids);
        comparison.Recirculations.ShouldAllBe(pair => ids.Contains(pair.Installed) && pair.Installed != pair.Own);
        return true;
    }

    public static bool Datapath(ReadOnlySpan<byte> input) => DatapathMessage.TryParse(input, out _) == OdpParseError.None;

    public static bool Vport(ReadOnlySpan<byte> input)
    {
        if (VportMessage.TryParse(input, out VportMessage? vport) != OdpParseError.None)
            return false;
        _ = vport!.TunnelDstPort;
        return true;
    }

    public static bool Meter(ReadOnlySpan<byte> input) => MeterMessage.TryParse(input, out _) == OdpParseError.None;

    public static bool CtLimit(ReadOnlySpan<byte> input) => CtLimitMessage.TryParse(input, out _) == OdpParseError.None;

    public static bool FlowLine(ReadOnlySpan<byte> input) => Text(input, text => FlowDumpLine.Parse(text, OdpPortNames.None));

    public static bool FlowKeyText(ReadOnlySpan<byte> input) => Text(input, text => FlowText.Parse(text, OdpPortNames.None));

    public static bool ActionsText(ReadOnlySpan<byte> input) => Text(input, text => ActionText.Parse(text, OdpPortNames.None));

    /// <summary>Arguments are separated by newlines.</summary>
    public static bool ConntrackMatch(ReadOnlySpan<byte> input) => Text(input, text => ConntrackMatchText.Parse(text.Split('\n')));

    private static bool Text(ReadOnlySpan<byte> input, Action<string> parse)
    {
        try
        {
            parse(System.Text.Encoding.Latin1.GetString(input));
            return true;
        }
        catch (OdpTextException)
        {
            return false;
        }
    }
}
