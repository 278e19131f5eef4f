using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>A descriptor that is ready.</summary>
/// <param name="Number">The number that it was added under.</param>
/// <param name="CanOnlyWrite">Whether it can be written and nothing else: nothing to read, no error, no hang-up.</param>
internal readonly record struct ReadyDescriptor(ulong Number, bool CanOnlyWrite);

/// <summary>
/// Many descriptors that one descriptor stands for: it polls readable while any of them is ready (<c>epoll</c>). What is ready is told
/// again until it was taken away (level-triggered). Single owner.
/// </summary>
internal sealed class EpollSet : IDisposable
{
    // struct epoll_event is packed on x86-64, and only there.
    private static readonly int _stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int _dataOffset = _stride - sizeof(ulong);

    private readonly SafeFileHandle _handle;
    private readonly byte[] _events;

    /// <summary>An empty set. Throws <see cref="Win32Exception"/> when the system has no descriptor left.</summary>
    /// <param name="most">How many descriptors one <see cref="Take"/> tells of.</param>
    public EpollSet(int most = 64)
    {
        int descriptor = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"epoll_create1: {Marshal.GetLastPInvokeErrorMessage()}");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        _events = new byte[most * _stride];
    }

    /// <summary>The descriptor that polls readable while any of the set is ready; −1 after <see cref="Dispose"/>.</summary>
    public int Descriptor => _handle.IsClosed ? -1 : (int)_handle.DangerousGetHandle();

    /// <summary>
    /// Adds a descriptor under a number that <see cref="Take"/> tells. Errors and hang-ups are told whatever is waited for.
    /// </summary>
    public void Add(int descriptor, ulong number, bool forReading, bool forWriting) =>
        Control(Libc.EpollAdd, descriptor, number, forReading, forWriting);

    /// <summary>Waits for something else of a descriptor.</summary>
    public void Change(int descriptor, ulong number, bool forReading, bool forWriting) =>
        Control(Libc.EpollModify, descriptor, number, forReading, forWriting);

    /// <summary>Forgets a descriptor, before it is closed.</summary>
    public void Remove(int descriptor) => Control(Libc.EpollDelete, descriptor, 0, false, false);

    /// <summary>Says which are ready, without waiting; returns how many there are.</summary>
    public unsafe int Take(Span<ReadyDescriptor> taken)
    {
        int most = Math.Min(taken.Length, _events.Length / _stride);
        int ready;
        fixed (byte* events = _events)
            ready = Libc.EpollWait(Descriptor, events, most, 0);
        if (ready < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == (int)Errno.Interrupted ? 0 : throw new Win32Exception(error, "epoll_wait");
        }

        for (int i = 0; i < ready; i++)
        {
            ReadOnlySpan<byte> one = _events.AsSpan(i * _stride, _stride);
            bool canOnlyWrite = BinaryPrimitives.ReadUInt32LittleEndian(one) == Libc.EpollOut;
            taken[i] = new ReadyDescriptor(BinaryPrimitives.ReadUInt64LittleEndian(one[_dataOffset..]), canOnlyWrite);
        }

        return ready;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private unsafe void Control(int operation, int descriptor, ulong number, bool forReading, bool forWriting)
    {
        byte* packed = stackalloc byte[_stride];
        var span = new Span<byte>(packed, _stride);
        span.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(span, (forReading ? Libc.EpollIn : 0) | (forWriting ? Libc.EpollOut : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(span[_dataOffset..], number);
        if (Libc.EpollControl(Descriptor, operation, descriptor, packed) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"epoll_ctl: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
