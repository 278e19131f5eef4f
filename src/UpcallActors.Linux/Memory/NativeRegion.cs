using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>
/// Anonymous memory outside the garbage-collected heap, committed page by page on first touch, at an address that never moves: system calls
/// may be given pieces of it. The owner disposes it when no span into it is in use.
/// </summary>
public sealed unsafe class NativeRegion : IDisposable
{
    private byte* _start;

    /// <summary>Reserves <paramref name="length"/> zeroed bytes. Throws <see cref="Win32Exception"/> when the system refuses.</summary>
    public NativeRegion(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        nint address = Libc.MemoryMap(0, (nuint)length, Libc.ProtRead | Libc.ProtWrite,
            Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (address == -1)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mmap of {length} bytes: {Marshal.GetLastPInvokeErrorMessage()}");
        _start = (byte*)address;
        Length = length;
    }

    /// <summary>Bytes reserved.</summary>
    public int Length { get; private set; }

    /// <summary>A piece of the region. Throws when it would reach outside or the region is disposed.</summary>
    public Span<byte> Slice(int offset, int length)
    {
        if ((uint)offset > (uint)Length || (uint)length > (uint)(Length - offset))
            throw new ArgumentOutOfRangeException(nameof(length), $"{offset}+{length} of {Length} bytes");
        return new Span<byte>(_start + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start == null)
            return;
        _ = Libc.MemoryUnmap((nint)_start, (nuint)Length);
        _start = null;
        Length = 0;
    }

    internal bool IsDisposed => _start == null;

    internal byte* Address(int offset, int length)
    {
        _ = Slice(offset, length);
        return _start + offset;
    }
}
