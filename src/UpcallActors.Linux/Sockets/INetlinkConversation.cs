namespace UpcallActors.Linux;

/// <summary>
/// A way to ask the kernel one thing after the other. <see cref="NetlinkConversation"/> is the kernel's; a test has its own.
/// </summary>
internal interface INetlinkConversation : IDisposable
{
    /// <summary>
    /// Sends one request, whole from its <c>nlmsghdr</c> on, and hands its answers to <paramref name="onAnswer"/> until it is done.
    /// Sequence number and the flags REQUEST and ACK are set here; with DUMP among the flags all parts of the dump are the answers.
    /// What goes wrong is in the result; nothing is thrown.
    /// </summary>
    NetlinkResult Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer = null);
}
