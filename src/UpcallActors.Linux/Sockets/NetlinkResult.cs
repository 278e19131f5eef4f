namespace UpcallActors.Linux;

/// <summary>How a request ended.</summary>
/// <param name="Error">The kernel's error; <see cref="Errno.None"/> on success.</param>
/// <param name="Explanation">The kernel's own words about the error (NETLINK_EXT_ACK), empty where it has none.</param>
/// <param name="WasInterrupted">Whether the table changed while it was dumped
/// (NLM_F_DUMP_INTR): entries may be missing or twice there. Ask again.</param>
internal readonly record struct NetlinkResult(Errno Error, string Explanation = "", bool WasInterrupted = false)
{
    /// <summary>Whether it succeeded.</summary>
    public bool Succeeded => Error == Errno.None;

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Succeeded)
            return "success";
        string error = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage((int)Error);
        return Explanation.Length == 0 ? error : $"{error} ({Explanation})";
    }
}
