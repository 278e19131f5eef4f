using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Where a process waits until another that it has started says that it is ready (<c>fork_and_wait_for_startup</c> in daemon-unix.c): by
/// one byte in a pipe, whose end without one means that it has ended. Each side disposes its own.
/// </summary>
internal sealed class StartupPipe : IDisposable
{
    private readonly SafeFileHandle _waiting;
    private readonly SafeFileHandle _starting;

    private StartupPipe(SafeFileHandle waiting, SafeFileHandle starting)
    {
        _waiting = waiting;
        _starting = starting;
    }

    /// <summary>The number of the descriptor that a process started from now on inherits, as a text.</summary>
    public string Descriptor => _starting.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes one. Throws <see cref="Win32Exception"/> when no descriptors are left.</summary>
    public static unsafe StartupPipe Make()
    {
        int* ends = stackalloc int[2];
        if (ProcessCalls.Pipe(ends, ProcessCalls.CloseOnExec) != 0)
            throw new Win32Exception();
        var starting = new SafeFileHandle(ends[1], ownsHandle: true);
        _ = ProcessCalls.Control(starting, ProcessCalls.SetDescriptorFlags, 0);
        return new StartupPipe(new SafeFileHandle(ends[0], ownsHandle: true), starting);
    }

    /// <summary>
    /// Waits for the process that was started to be ready; false if it ends before. Nothing else may have inherited the descriptor.
    /// </summary>
    public unsafe bool Wait()
    {
        _starting.Dispose();
        byte ready;
        nint read;
        do
            read = ProcessCalls.Read(_waiting, &ready, 1);
        while (read < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return read == 1;
    }

    /// <summary>
    /// The descriptor of that number in the process that was started, which its own children do not inherit; null if it is no pipe.
    /// </summary>
    public static SafeFileHandle? Inherited(string descriptor)
    {
        if (!int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return null;
        try
        {
            using var handle = new SafeFileHandle(number, ownsHandle: false);
            if (FileStatus.OfOpen(handle).Kind != FileKind.Pipe)
                return null;
        }
        catch (IOException)
        {
            return null;
        }

        var owned = new SafeFileHandle(number, ownsHandle: true);
        _ = ProcessCalls.Control(owned, ProcessCalls.SetDescriptorFlags, ProcessCalls.DescriptorCloseOnExec);
        return owned;
    }

    /// <summary>Says that this process is ready; no error if nobody waits any more.</summary>
    public static unsafe void Tell(SafeFileHandle inherited)
    {
        byte ready = 0;
        _ = ProcessCalls.Write(inherited, &ready, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting.Dispose();
        _starting.Dispose();
    }
}
