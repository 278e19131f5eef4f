using System.Runtime.InteropServices;
using UpcallActors.Linux;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The arguments of a <c>dpctl/</c> command: options first, then the rest (<c>dpctl_unixctl_handler</c>). At the front of the rest the
/// datapath may be named, though there is but one.
/// </summary>
internal sealed class DpctlOptions
{
    private const string Program = "upcall-actors";

    private DpctlOptions(IReadOnlyList<string> rest, bool verbose, bool statistics, bool? names, bool clears, bool mayCreate)
    {
        Clears = clears;
        MayCreate = mayCreate;
        Rest = rest;
        IsVerbose = verbose;
        ShowsStatistics = statistics;
        Names = names;
    }

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Rest { get; }

    /// <summary><c>-m</c>.</summary>
    public bool IsVerbose { get; }

    /// <summary><c>-s</c>.</summary>
    public bool ShowsStatistics { get; }

    /// <summary>Whether ports are shown by name: <c>--names</c>, or <c>-m</c> without <c>--no-names</c>.</summary>
    public bool UsesNames => Names ?? IsVerbose;

    /// <summary>What is said of names; null for nothing.</summary>
    public bool? Names { get; }

    /// <summary><c>--clear</c>: counters begin anew.</summary>
    public bool Clears { get; }

    /// <summary><c>--may-create</c>: what is to be modified may be new.</summary>
    public bool MayCreate { get; }

    /// <summary>Reads the arguments. Null with the <paramref name="error"/> to answer for an option that there is not.</summary>
    public static DpctlOptions? Parse(IReadOnlyList<string> arguments, out ControlReply? error)
    {
        bool verbose = false;
        bool statistics = false;
        bool? names = null;
        bool clears = false;
        bool mayCreate = false;
        error = null;
        int next = 0;
        for (; next < arguments.Count && arguments[next].Length > 1 && arguments[next][0] == '-'; next++)
        {
            string option = arguments[next];
            switch (option)
            {
                case "--statistics":
                    statistics = true;
                    break;
                case "--more":
                    verbose = true;
                    break;
                case "--clear":
                    clears = true;
                    break;
                case "--may-create":
                    mayCreate = true;
                    break;
                case "--names" or "--no-names":
                    names = option == "--names";
                    break;
                default:
                    int unknown = option[1] == '-' ? 0 : option.AsSpan(1).IndexOfAnyExcept('m', 's');
                    if (unknown >= 0)
                    {
                        error = ControlReply.Error($"Unrecognized option {(option[1] == '-' ? option : $"-{option[1 + unknown]}")}");
                        return null;
                    }

                    verbose |= option.Contains('m', StringComparison.Ordinal);
                    statistics |= option.Contains('s', StringComparison.Ordinal);
                    break;
            }
        }

        return new DpctlOptions([.. arguments.Skip(next)], verbose, statistics, names, clears, mayCreate);
    }

    /// <summary>The rest behind the name of the datapath, if that is at its front (<c>dp_arg_exists</c>).</summary>
    public IReadOnlyList<string> RestBehind(ControlContext context) =>
        Rest.Count > 0 && IsDatapath(Rest[0], context) ? [.. Rest.Skip(1)] : Rest;

    /// <summary>Whether a text names the datapath, in full or without its type.</summary>
    public static bool IsDatapath(string text, ControlContext context) => text == context.FullName || text == context.Datapath.Name;

    /// <summary>An error as <c>dpctl_error</c> words it.</summary>
    public static ControlReply Error(string text, Errno error = Errno.None) => ControlReply.Error(Line(text, error));

    /// <summary>The line of an error among other lines.</summary>
    public static string Line(string text, Errno error) =>
        error == Errno.None ? $"{Program}: {text}\n" : $"{Program}: {text} ({Marshal.GetPInvokeErrorMessage((int)error)})\n";
}
