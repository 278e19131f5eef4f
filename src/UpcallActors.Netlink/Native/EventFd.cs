using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Netlink;

/// <summary>A Linux eventfd: any thread signals, a polling thread wakes. Non-blocking, close-on-exec.</summary>
public sealed class EventFd : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens an eventfd with count 0. Throws <see cref="Win32Exception"/> when the system has no descriptor left.</summary>
    public EventFd()
    {
        int descriptor = Libc.EventFd(0, Libc.EventFdCloseOnExec | Libc.EventFdNonBlocking);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The descriptor to poll for readability.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Makes the descriptor readable. Harmless after <see cref="Dispose"/>.</summary>
    public void Signal()
    {
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            _ = Libc.Write(Descriptor, 1UL, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Whoever would have woken is gone.
        }
        finally
        {
            if (held)
                _handle.DangerousRelease();
        }
    }

    /// <summary>Makes the descriptor unreadable again.</summary>
    public void Reset() => _ = Libc.Read(Descriptor, out _, sizeof(ulong));

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
