namespace UpcallActors.Linux;

/// <summary>What one receive brought.</summary>
/// <param name="Error"><see cref="Errno.None"/>, <see cref="Errno.TryAgain"/> when nothing waits, or why nothing could be received.</param>
/// <param name="Length">Bytes in the buffer.</param>
/// <param name="Sender">Netlink port id of the sender; 0 is the kernel, and only the kernel.</param>
/// <param name="IsTruncated">Whether the datagram was longer than the buffer; the rest is gone.</param>
internal readonly record struct NetlinkReceipt(Errno Error, int Length, uint Sender, bool IsTruncated);
