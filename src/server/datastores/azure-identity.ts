/** Signing in to Azure as somebody. It brings Azure's library for that, so it is loaded when used. */
import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from '@azure/identity';

/** @param secret of the application; without one, whoever the environment, the Azure CLI or this machine is signed in as */
export function credentialOf(
  application: { tenantId: string; clientId: string } | undefined,
  secret: string | undefined,
): TokenCredential {
  if (application && secret !== undefined)
    return new ClientSecretCredential(application.tenantId, application.clientId, secret);
  return new DefaultAzureCredential();
}
