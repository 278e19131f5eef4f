using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests.Ports;

/// <summary>The vports of a datapath, as the kernel answers for them, with a count of the messages that went to and fro.</summary>
internal sealed class ScriptedVports(ScriptedLinks links) : INetlinkConversation
{
    public const ushort Family = 31;
    public const int DatapathIfIndex = 7;

    private readonly SortedDictionary<uint, Vport> _vports = [];

    /// <summary>Requests and answers.</summary>
    public int Messages { get; private set; }

    /// <summary>The names by number.</summary>
    public IEnumerable<string> Names => _vports.Values.Select(NameOf);

    /// <summary>What the kernel tells of a vport to all who listen.</summary>
    public VportMessage Describe(string name, byte command = OvsCommand.New) =>
        Describe(_vports.Single(vport => NameOf(vport.Value) == name), command);

    /// <summary>Another process adds a device.</summary>
    public void Add(string name) => Add(name, OvsVportType.Netdev, null, [0]);

    /// <summary>Another process removes a port; returns what the kernel tells of it.</summary>
    public VportMessage Remove(string name)
    {
        VportMessage told = Describe(name, OvsCommand.Delete);
        _vports.Remove(told.PortNo!.Value);
        return told;
    }

    public NetlinkResult Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer = null)
    {
        Messages++;
        NetlinkMessage.TryRead(request, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        VportMessage.TryParse(request, out VportMessage? asked).ShouldBe(OdpParseError.None);
        if (message.Flags.HasFlag(NetlinkFlags.Dump) && asked!.Command == OvsCommand.Get)
        {
            foreach (KeyValuePair<uint, Vport> vport in _vports)
                Answer(Describe(vport, OvsCommand.New), onAnswer);
            return default;
        }

        if (asked!.Command == OvsCommand.New)
        {
            uint? number = Add(asked.Name!, asked.Type!.Value, asked.PortNo, asked.UpcallPids!);
            if (number is { } added && message.Flags.HasFlag(NetlinkFlags.Echo))
                Answer(Describe(added), onAnswer);
            return new NetlinkResult(number is null ? Errno.Busy : Errno.None);
        }

        if (Find(asked) is not { } found)
            return new NetlinkResult(Errno.NoDevice);
        switch (asked.Command)
        {
            case OvsCommand.Get:
                Answer(Describe(found), onAnswer);
                break;
            case OvsCommand.Delete:
                _vports.Remove(found);
                break;
            default:
                _vports[found] = _vports[found] with { UpcallPids = asked.UpcallPids! };
                break;
        }

        return default;
    }

    public void Dispose()
    {
    }

    /// <summary>The first name finds it, as long as it is the device's (<c>ovs_vport_locate</c>).</summary>
    private uint? Find(VportMessage asked)
    {
        if (asked.PortNo is { } number)
            return _vports.ContainsKey(number) ? number : null;
        KeyValuePair<uint, Vport> found = _vports.FirstOrDefault(vport => vport.Value.FirstName == asked.Name);
        return found.Value is { } vport && NameOf(vport) == asked.Name ? found.Key : null;
    }

    private uint? Add(string name, OvsVportType type, uint? wish, IReadOnlyList<uint> pids)
    {
        int device = links.IndexOf(name);
        if (type == OvsVportType.Internal)
            device = links.Add(name);
        if (_vports.Values.Any(vport => vport.Device == device) || (wish is { } taken && _vports.ContainsKey(taken)))
            return null;
        uint number = wish ?? 1;
        while (wish is null && _vports.ContainsKey(number))
            number++;
        _vports.Add(number, new Vport(name, device, type, pids));
        return number;
    }

    private VportMessage Describe(uint number) => Describe(new KeyValuePair<uint, Vport>(number, _vports[number]), OvsCommand.New);

    private VportMessage Describe(KeyValuePair<uint, Vport> vport, byte command) => new()
    {
        Command = command,
        DatapathIfIndex = DatapathIfIndex,
        PortNo = vport.Key,
        Type = vport.Value.Type,
        Name = NameOf(vport.Value),
        IfIndex = (uint)vport.Value.Device,
        UpcallPids = vport.Value.UpcallPids,
    };

    private string NameOf(Vport vport) => links.NameOf(vport.Device) ?? vport.FirstName;

    private void Answer(VportMessage vport, NetlinkAnswerHandler? onAnswer)
    {
        Messages++;
        var writer = new NetlinkWriter(new byte[512]);
        vport.Write(ref writer, Family, NetlinkFlags.None, sequence: 0);
        NetlinkMessage.TryRead(writer.Written, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        onAnswer?.Invoke(message);
    }

    private sealed record Vport(string FirstName, int Device, OvsVportType Type, IReadOnlyList<uint> UpcallPids);
}
