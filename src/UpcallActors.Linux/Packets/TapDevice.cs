using System.ComponentModel;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// A network device of the host whose frames come to this process (TAP): what the host's stack sends out of it is received
/// here, checksums and segments complete. The device goes when this is disposed. One thread receives, one at a time sends.
/// </summary>
internal sealed unsafe class TapDevice : IDisposable
{
    private const int LongestName = 15;
    private const int RequestLength = 40;

    private readonly SafeFileHandle _file;

    /// <summary>
    /// Makes the device; it is down. Throws <see cref="Win32Exception"/>: EPERM without <c>CAP_NET_ADMIN</c>,
    /// EBUSY or EINVAL when the name is another device's, ENOENT where the kernel has no TUN.
    /// </summary>
    public TapDevice(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, LongestName, nameof(name));
        int descriptor = DeviceCalls.Open("/dev/net/tun",
            DeviceCalls.OpenReadWrite | DeviceCalls.OpenNonBlocking | DeviceCalls.OpenCloseOnExec);
        if (descriptor < 0)
            throw NativeSocket.Failure("open /dev/net/tun");
        _file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // struct ifreq: the name, then the flags.
            byte* request = stackalloc byte[RequestLength];
            new Span<byte>(request, RequestLength).Clear();
            bytes.CopyTo(new Span<byte>(request, LongestName));
            *(ushort*)(request + LongestName + 1) = DeviceCalls.TunTap | DeviceCalls.TunNoPacketInformation;
            if (DeviceCalls.Control(_file, DeviceCalls.TunSetInterface, request) < 0)
                throw NativeSocket.Failure($"TUNSETIFF {name}");

            // No offloads: the stack completes checksums and segments before it hands frames over.
            if (DeviceCalls.Control(_file, DeviceCalls.TunSetOffload, null) < 0)
                throw NativeSocket.Failure("TUNSETOFFLOAD");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The descriptor to poll: readable while frames wait; −1 after <see cref="Dispose"/>.</summary>
    public int Descriptor => NativeSocket.DescriptorOf(_file);

    /// <summary>
    /// Takes the next frame and returns its length; 0 when none waits, −1 if the device was deleted. A frame longer than the buffer is
    /// cut.
    /// </summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint received = _file.IsClosed ? -1 : DeviceCalls.Read(_file, start, (nuint)buffer.Length);
            if (received >= 0)
                return (int)received;
            return !_file.IsClosed && NativeSocket.LastError() is Errno.TryAgain or Errno.Interrupted ? 0 : -1;
        }
    }

    /// <summary>Gives the host's stack a frame; false when it does not take it: the device is down.</summary>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
            return !_file.IsClosed && DeviceCalls.Write(_file, start, (nuint)frame.Length) == frame.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
