using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

/// <summary>A datapath of the kernel for one test, deleted behind it, with what tests need to look into it.</summary>
internal sealed class OpenDatapath : IDisposable
{
    private static int _count;

    private readonly NetlinkConversation _generic = new(NetlinkProtocol.Generic);

    private OpenDatapath(KernelDatapath datapath) => Datapath = datapath;

    public KernelDatapath Datapath { get; }

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"kt{Interlocked.Increment(ref _count)}";

    public static OpenDatapath Open(KernelDatapathOptions? options = null) =>
        new(KernelDatapath.Open((options ?? new KernelDatapathOptions()) with { Name = NewName() }));

    /// <summary>Adds a device as a port with the port ids that the datapath says.</summary>
    public uint AddPort(string device)
    {
        VportMessage? added = null;
        Ask(new VportMessage
        {
            Command = OvsCommand.New,
            DatapathIfIndex = Datapath.IfIndex,
            Name = device,
            Type = OvsVportType.Netdev,
            UpcallPids = Datapath.UpcallPids,
        }, NetlinkFlags.Echo, vport => added = vport);
        return added.ShouldNotBeNull().PortNo.ShouldNotBeNull();
    }

    public IReadOnlyList<VportMessage> Ports()
    {
        var ports = new List<VportMessage>();
        Ask(new VportMessage { Command = OvsCommand.Get, DatapathIfIndex = Datapath.IfIndex }, NetlinkFlags.Dump, ports.Add);
        return ports;
    }

    /// <summary>The datapath as the kernel reports it; null when it has none of that name.</summary>
    public static DatapathMessage? Find(string name)
    {
        using var generic = new NetlinkConversation(NetlinkProtocol.Generic);
        GenericNetlinkFamily.TryResolve(generic, "ovs_datapath", out GenericNetlinkFamily? family).Succeeded.ShouldBeTrue();
        var writer = new NetlinkWriter(new byte[256]);
        new DatapathMessage { Command = OvsCommand.Get, Name = name }.Write(ref writer, family!.Id, NetlinkFlags.None, 0);
        DatapathMessage? found = null;
        NetlinkResult result = generic.Request(writer.Written,
            answer => DatapathMessage.TryParse(answer.Bytes, out found).ShouldBe(OdpParseError.None));
        result.Error.ShouldBeOneOf(Errno.None, Errno.NoDevice);
        return found;
    }

    public DatapathMessage Report() => Find(Datapath.Name).ShouldNotBeNull();

    public void Dispose()
    {
        _generic.Dispose();
        if (Find(Datapath.Name) != null)
            Datapath.Delete();
        Datapath.Dispose();
    }

    private void Ask(VportMessage request, NetlinkFlags flags, Action<VportMessage> onAnswer)
    {
        var writer = new NetlinkWriter(new byte[1024]);
        request.Write(ref writer, Datapath.Families.Vport, flags, 0);
        NetlinkResult result = _generic.Request(writer.Written, answer =>
        {
            VportMessage.TryParse(answer.Bytes, out VportMessage? vport).ShouldBe(OdpParseError.None);
            onAnswer(vport!);
        });
        result.Succeeded.ShouldBeTrue(result.ToString());
    }
}
