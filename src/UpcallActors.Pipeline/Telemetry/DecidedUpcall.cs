using System.Diagnostics;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// An upcall whose span waits to be told how it was decided. It has copies of the upcall's parts, since finding that out takes as long as
/// deciding, and the batch goes home before.
/// </summary>
internal sealed class DecidedUpcall
{
    private readonly Activity _span;
    private readonly FlowKey _key;
    private readonly byte[] _keyAttributes;
    private readonly byte[] _packet;
    private readonly byte[] _userData;
    private readonly PacketOrigin _origin;
    private readonly PacketCommand _command;
    private readonly ulong _version;

    /// <summary>Takes over a span, which has its end already.</summary>
    public DecidedUpcall(Activity span, UpcallBatch batch, int upcall)
    {
        UpcallView view = TranslatorActor.ViewOf(batch, upcall);
        _span = span;
        _key = view.Key;
        _keyAttributes = view.KeyAttributes.ToArray();
        _packet = view.Packet.ToArray();
        _userData = view.UserData.ToArray();
        _origin = view.Origin;
        _command = view.Command;
        _version = batch.Record(upcall).Translation.Version;
    }

    /// <summary>Adds to the span what the explainer says, if it can say anything, and gives the span away.</summary>
    public void Explain(ITranslationExplainer explainer)
    {
#pragma warning disable CA1031 // A policy's, and for people who watch: what it fails over costs the upcall nothing.
        try
        {
            var upcall = new UpcallView(_key, _keyAttributes, _packet, _origin, _command, _userData);
            if (explainer.TryExplain(upcall, _version, out TranslationExplanation? explanation))
            {
                _span.SetTag("upcall.tables", explanation.Tables.ToArray());
                _span.SetTag("upcall.rules", explanation.Rules.ToArray());
            }
        }
        catch (Exception failure)
        {
            _span.SetTag("upcall.tables.error", failure.GetType().Name);
        }
        finally
        {
            _span.Stop();
        }
#pragma warning restore CA1031
    }
}
