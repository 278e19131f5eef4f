using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// The <c>ovs_vport</c> family. A request can make internal ports alone: others need something to send to, which
/// <see cref="EmbeddedDatapath.AddPort"/> is given. Under the datapath's lock.
/// </summary>
internal sealed class VportFamily(EmbeddedDatapathOptions options, PacketProcessor processor)
{
    private const int LongestName = 15;

    private EmbeddedPortTable Ports => processor.Ports;

    public Errno Handle(EmbeddedRequest request, AnswerQueue answers) => request.Command switch
    {
        OvsCommand.New => New(request, answers),
        OvsCommand.Get => Get(request, answers),
        OvsCommand.Set => Get(request, answers),
        OvsCommand.Delete => Delete(request, answers),
        _ => Errno.NotSupported,
    };

    /// <summary>Writes a port as a message (<c>ovs_vport_cmd_fill_info</c>).</summary>
    public void Write(EmbeddedPort port, byte command, NetlinkFlags flags, uint sequence, ref NetlinkWriter writer)
    {
        int start = OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Vport, flags, sequence, command, OvsFamilyVersion.Vport,
            options.IfIndex);
        writer.PutU32(OvsVportAttribute.PortNo, port.Number);
        writer.PutU32(OvsVportAttribute.Type, (uint)port.Type);
        writer.PutString(OvsVportAttribute.Name, port.Name);
        Span<byte> stats = writer.PutReserved(OvsVportAttribute.Stats, VportStats.Length);
        if (!stats.IsEmpty)
            port.Statistics.Write(stats);
        writer.PutU32(OvsVportAttribute.UpcallPid, 0);
        writer.EndMessage(start);
    }

    private Errno New(EmbeddedRequest request, AnswerQueue answers)
    {
        if (!request.TryFind(OvsVportAttribute.Name, out NetlinkAttribute nameAttribute)
            || !request.TryFind(OvsVportAttribute.Type, out NetlinkAttribute type)
            || !request.TryFind(OvsVportAttribute.UpcallPid, out _)
            || !TryReadName(nameAttribute.Payload, out string name))
            return Errno.Invalid;
        if (type.U32 != (uint)OvsVportType.Internal)
            return type.U32 == (uint)OvsVportType.Netdev ? Errno.NoDevice : Errno.NotSupported;
        uint number = request.TryFind(OvsVportAttribute.PortNo, out NetlinkAttribute wish) ? wish.U32 : Ports.FirstFree();
        if (number >= ActionValidation.MaximumPorts)
            return Errno.Overflow;
        if (Ports.Find(number) is not null)
            return Errno.Busy;
        var port = new EmbeddedPort(number, name, OvsVportType.Internal);
        if (!Ports.TryAdd(port))
            return Errno.Exists;
        Answer(request, port, answers);
        return Errno.None;
    }

    private Errno Get(EmbeddedRequest request, AnswerQueue answers)
    {
        Errno error = Find(request, out EmbeddedPort? port);
        if (port is not null)
            Answer(request, port, answers);
        return error;
    }

    private Errno Delete(EmbeddedRequest request, AnswerQueue answers)
    {
        Errno error = Find(request, out EmbeddedPort? port);
        if (port is null)
            return error;
        if (port.Number == 0)
            return Errno.Invalid;
        Ports.Remove(port);
        Answer(request, port, answers);
        return Errno.None;
    }

    private Errno Find(EmbeddedRequest request, out EmbeddedPort? port)
    {
        port = null;
        if (request.TryFind(OvsVportAttribute.Name, out NetlinkAttribute name))
        {
            if (TryReadName(name.Payload, out string text))
                port = Ports.Find(text);
        }
        else if (request.TryFind(OvsVportAttribute.PortNo, out NetlinkAttribute number))
        {
            if (number.U32 >= ActionValidation.MaximumPorts)
                return Errno.Overflow;
            port = Ports.Find(number.U32);
        }
        else
        {
            return Errno.Invalid;
        }

        return port is null ? Errno.NoDevice : Errno.None;
    }

    private static bool TryReadName(ReadOnlySpan<byte> payload, out string name)
    {
        ReadOnlySpan<byte> text = payload.TrimEnd((byte)0);
        name = Encoding.UTF8.GetString(text);
        return text.Length is > 0 and <= LongestName && !text.Contains((byte)0);
    }

    private void Answer(EmbeddedRequest request, EmbeddedPort port, AnswerQueue answers)
    {
        // What changes something notifies others; who asked hears it only with an echo (ovs_notify).
        if (request.Command != OvsCommand.Get && !request.WantsEcho)
            return;
        NetlinkWriter writer = answers.Writer();
        Write(port, request.Command, NetlinkFlags.None, request.Sequence, ref writer);
        answers.Append(writer);
    }
}
