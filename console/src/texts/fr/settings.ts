/** Texts of the settings in French. */
export const settings = {
  'nav.system': 'Système',
  'nav.settings': 'Paramètres',
  'settings.about':
    'Tels que le processus qui répond les utilise. Ce sont des variables d’environnement : modifiez-les à cet endroit.',
  'settings.search': 'Rechercher par nom, rôle ou valeur',
  'settings.list': 'Liste des paramètres',
  'settings.none': 'Aucun paramètre ne correspond',
  'settings.noneText': 'Essayez un autre mot.',
  'settings.unset': 'non défini',
  'settings.from.default': 'par défaut',
  'settings.from.environment': 'de l’environnement',
  'settings.from.file': 'd’un fichier',
  'settings.default': 'par défaut : {value}',
  'settings.reload': 'un rechargement applique la modification',
  'settings.restart': 'une modification exige un redémarrage',
};
