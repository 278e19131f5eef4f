namespace UpcallActors.Embedded;

/// <summary>What the <c>ct</c> action does with a packet.</summary>
internal enum ConntrackVerdict
{
    /// <summary>The packet goes on; the key says how it was tracked (an untrackable packet goes on too, marked invalid).</summary>
    Accept,

    /// <summary>
    /// The packet is dropped, and <c>ovs_ct_execute</c> returns EINVAL: the
    /// table is full, its connection collides, or it cannot be translated.
    /// </summary>
    Drop,
}
