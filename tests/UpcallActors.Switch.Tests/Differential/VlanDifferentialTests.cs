using System.Globalization;
using System.Text.RegularExpressions;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Ports that treat VLANs in all ways, ours and those of the real <c>ovs-vswitchd</c>: each frame has the same trace, with the same
/// megaflow, and datapath actions in the same order.
/// </summary>
public sealed partial class VlanDifferentialTests
{
    private const int Stations = 12;
    private const int Frames = 150;

    [RealSwitchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Frames_have_the_same_tags_behind_ports_of_all_modes(int seed)
    {
        var vlans = new VlansOfChance(seed);
        using RealSwitch real = await RealSwitch.StartAsync();
        // We know two tags, and the real one as many as it is told.
        await real.ConfigureAsync("set", "Open_vSwitch", ".", "other_config:vlan-limit=2");
        await real.ConfigureAsync("del-port", "p1", "--", "del-port", "p2", "--", "del-port", "p3");
        foreach (string[] command in vlans.Commands)
            await real.ConfigureAsync(command);
        await using ServedSwitch served =
            await ServedSwitch.StartAsync(ServedSwitch.Bridge with { Ports = ValueList.From(vlans.Configuration) });
        string flows = served.FileOf(vlans.NextFlows());
        foreach (string socket in (string[])[real.Socket, served.Socket])
        {
            (int code, _, string errors) = await Ofctl.RunAsync(["add-flows", $"unix:{socket}", flows]);
            Assert.True(code == 0, errors);
        }

        MacLearningTable learned = served.Running.Translators.Bridges[0].MacLearning;
        for (int i = 0; i < Stations; i++)
        {
            (string address, ushort vlan, int port) = vlans.NextStation();
            await real.ControlAsync("fdb/add", "br0", $"v{port}", vlan.ToString(CultureInfo.InvariantCulture), address);
            learned.TryAddStatic(Convert.ToUInt64(address.Replace(":", "", StringComparison.Ordinal), 16), vlan, (uint)port);
        }

        for (int i = 0; i < Frames; i++)
        {
            string frame = vlans.NextFrame();
            string expected = await real.TraceInDatapathAsync(frame);
            Assert.Equal($"{frame}\n{Comparable(expected)}", $"{frame}\n{Comparable(served.TraceInDatapath(frame))}");
        }
    }

    /// <summary>
    /// Without those bits of a megaflow's tags that now one of the two looks at, now the other, though they come to the same.
    /// </summary>
    private static string Comparable(string trace) => Within().Replace(
        string.Join('\n', trace.TrimEnd().Split('\n').Select(
            line => line.StartsWith("Megaflow: ", StringComparison.Ordinal) ? Looked().Replace(line, "") : line)),
        "");

    [GeneratedRegex(",vlan_tci1=0x0000")]
    private static partial Regex Within();

    [GeneratedRegex(",(dl_vlan_pcp|dl_vlan1|dl_vlan_pcp1|vlan_tci1)=[^,]*")]
    private static partial Regex Looked();
}
