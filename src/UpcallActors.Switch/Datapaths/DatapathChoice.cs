using UpcallActors.Embedded;
using UpcallActors.Kernel;

namespace UpcallActors.Switch;

/// <summary>The datapaths there are.</summary>
internal enum DatapathKind
{
    /// <summary>The kernel's where it can be had, otherwise the embedded one.</summary>
    Auto,

    /// <summary>The kernel's.</summary>
    Kernel,

    /// <summary>The one in this process.</summary>
    Embedded,

    /// <summary>The same with ports that are connected to nothing.</summary>
    Dummy,
}

/// <summary>Which datapath is opened, and how.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Kernel">How the kernel's is opened.</param>
/// <param name="Embedded">How the embedded one is made.</param>
internal sealed record DatapathChoice(DatapathKind Kind, KernelDatapathOptions Kernel, EmbeddedDatapathOptions Embedded)
{
    /// <summary>Whether a kernel that does not spread upcalls per CPU is refused.</summary>
    public bool NeedsPerCpuDispatch { get; init; }
}
