namespace Forebay.Storage;

/// <summary>What makes two requests for a fork mean the same object.</summary>
/// <param name="Locator">The relation.</param>
/// <param name="Fork">The fork.</param>
/// <param name="Session">Owner of a temporary relation, or <see cref="RelationPaths.NoSession"/>.</param>
internal readonly record struct ForkIdentity(RelationLocator Locator, ForkNumber Fork, int Session);
