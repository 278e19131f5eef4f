using System.Net.Sockets;
using System.Text;

namespace UpcallActors.Linux;

/// <summary>The driver of a network device (<c>struct ethtool_drvinfo</c>).</summary>
/// <param name="Name">Its name, such as <c>veth</c>.</param>
/// <param name="Version">Its version; may be empty.</param>
/// <param name="Firmware">That of the device's firmware; may be empty.</param>
internal sealed record DeviceDriver(string Name, string Version, string Firmware)
{
    private const int NameLength = 16;
    private const int RequestLength = 40;
    private const int InformationLength = 196;
    private const int TextLength = 32;
    private const nuint EthtoolRequest = 0x8946;
    private const uint GetDriver = 3;

    /// <summary>Asks the host; null when the device is not there, or does not say.</summary>
    public static unsafe DeviceDriver? Find(string device)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        request.Clear();
        if (Encoding.UTF8.GetByteCount(device) >= NameLength)
            return null;
        Encoding.UTF8.GetBytes(device, request);
        Span<byte> information = stackalloc byte[InformationLength];
        information.Clear();
        BitConverter.TryWriteBytes(information, GetDriver);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        fixed (byte* asked = request, answer = information)
        {
            *(nint*)(asked + NameLength) = (nint)answer;
            if (DeviceCalls.Control(socket.SafeHandle, EthtoolRequest, asked) < 0)
                return null;
        }

        return new DeviceDriver(Text(information, 0), Text(information, 1), Text(information, 2));
    }

    /// <summary>The texts stand one behind the other behind the command's number.</summary>
    private static string Text(ReadOnlySpan<byte> information, int index)
    {
        ReadOnlySpan<byte> text = information.Slice(sizeof(uint) + (index * TextLength), TextLength);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
