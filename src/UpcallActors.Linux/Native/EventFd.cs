using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>A Linux eventfd: any thread signals, a polling thread wakes. Non-blocking, close-on-exec.</summary>
internal sealed class EventFd : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens an eventfd with count 0. Throws <see cref="Win32Exception"/> when the system has no descriptor left.</summary>
    public EventFd()
    {
        int descriptor = Libc.EventFd(0, Libc.EventFdCloseOnExec | Libc.EventFdNonBlocking);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>
    /// The descriptor to poll for readability; −1 after <see cref="Dispose"/>, when its number may already be another file's.
    /// </summary>
    public int Descriptor => _handle.IsClosed ? -1 : (int)_handle.DangerousGetHandle();

    /// <summary>Makes the descriptor readable. Harmless after <see cref="Dispose"/>.</summary>
    public void Signal()
    {
        if (!TryHold())
            return;
        _ = Libc.Write((int)_handle.DangerousGetHandle(), 1UL, sizeof(ulong));
        _handle.DangerousRelease();
    }

    /// <summary>Makes the descriptor unreadable again. Harmless after <see cref="Dispose"/>.</summary>
    public void Reset()
    {
        if (!TryHold())
            return;
        _ = Libc.Read((int)_handle.DangerousGetHandle(), out _, sizeof(ulong));
        _handle.DangerousRelease();
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Keeps the descriptor from being closed, and its number from becoming another file's, during a call; false when it is closed.
    /// </summary>
    private bool TryHold()
    {
        bool held = false;
        if (_handle.IsClosed)
            return false;
        try
        {
            _handle.DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            // Closed by another thread since we looked.
        }

        return held;
    }
}
