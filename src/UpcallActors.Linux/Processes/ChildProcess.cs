using System.ComponentModel;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>
/// A program that this process has started, and whose end it waits for. Unlike <see cref="System.Diagnostics.Process"/> it may begin a
/// session of its own, and it inherits what a <see cref="StartupPipe"/> has open for it.
/// </summary>
internal sealed class ChildProcess
{
    private ChildProcess(int id) => Id = id;

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Starts a program. Throws <see cref="Win32Exception"/> when the system refuses that.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="arguments">Its arguments, its own name among them.</param>
    /// <param name="environment">Its environment, each as <c>NAME=VALUE</c>.</param>
    /// <param name="isSession">Whether it begins a session, and so has no terminal (<c>setsid</c>).</param>
    public static unsafe ChildProcess Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, bool isSession)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(environment);
        nint[] words = Marshalled(arguments);
        nint[] variables = Marshalled(environment);
        try
        {
            _ = ProcessCalls.MakeAttributes(out ProcessCalls.SpawnAttributes attributes);
            if (isSession)
                _ = ProcessCalls.SetFlags(ref attributes, ProcessCalls.SpawnSession);
            fixed (nint* first = words, variable = variables)
            {
                int error = ProcessCalls.Spawn(out int id, path, null, attributes, (byte**)first, (byte**)variable);
                return error == 0 ? new ChildProcess(id) : throw new Win32Exception(error);
            }
        }
        finally
        {
            foreach (nint text in words.Concat(variables))
                Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Waits until it has ended. To be called once.</summary>
    public ProcessEnd Wait()
    {
        int waited;
        int status;
        do
            waited = ProcessCalls.Wait(Id, out status, 0);
        while (waited < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return waited == Id ? new ProcessEnd(status) : throw new Win32Exception();
    }

    /// <summary>Ends with a null, as C has it.</summary>
    private static nint[] Marshalled(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
